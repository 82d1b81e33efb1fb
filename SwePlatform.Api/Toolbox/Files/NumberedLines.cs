using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>Lines of a file with their numbers. A line that is very long comes in pieces, so that none of it is lost.</summary>
internal static class NumberedLines
{
    public static Listing Of(FilesReadResult result)
    {
        var pieces = Divide(result).ToList();
        return new(
            $"{result.Path}, lines {result.StartLine}-{result.EndLine} of {result.TotalLines}",
            [.. pieces.Select(piece => new ListingItem($"{piece.Line}{(piece.First ? "\t" : "+\t")}{piece.Text.TrimEnd('\n')}"))],
            (start, end) =>
                new FilesReadResult(
                    result.Path,
                    start < end ? pieces[start].Line : result.StartLine,
                    start < end ? pieces[end - 1].Line : result.EndLine,
                    result.TotalLines,
                    string.Concat(pieces[start..end].Select(piece => piece.Text)),
                    result.Truncated || end < pieces.Count
                )
        )
        {
            Advice = result.Truncated ? $"The file goes on: startLine {result.EndLine + 1}" : null,
        };
    }

    private static IEnumerable<(int Line, bool First, string Text)> Divide(FilesReadResult result)
    {
        var number = result.StartLine;
        for (var start = 0; start < result.Text.Length; number++)
        {
            var feed = result.Text.IndexOf('\n', start);
            var end = feed < 0 ? result.Text.Length : feed + 1;
            var first = true;
            foreach (var piece in TextCut.Pieces(result.Text[start..end]))
            {
                yield return (number, first, piece);
                first = false;
            }
            start = end;
        }
    }
}
