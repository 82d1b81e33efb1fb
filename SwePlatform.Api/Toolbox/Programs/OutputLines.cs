using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>What a program printed, line by line, below the name of the stream where there are several.</summary>
internal sealed class OutputLines
{
    private readonly List<(string Stream, string Line)> _lines;

    public OutputLines(IReadOnlyList<(string Stream, string Text)> streams)
    {
        _lines =
        [
            .. streams
                .Where(stream => stream.Text.Length > 0)
                .SelectMany(stream =>
                    TextCut.Lines(stream.Text).SelectMany(line => TextCut.Pieces(line)).Select(line => (stream.Stream, line))
                ),
        ];
        var one = _lines.TrueForAll(line => line.Stream == "stdout");
        Items = [.. _lines.Select(line => new ListingItem(line.Line, one ? null : $"{line.Stream}:"))];
    }

    public IReadOnlyList<ListingItem> Items { get; }

    /// <summary>What a stream has in a page.</summary>
    public string Text(string stream, int start, int end) =>
        string.Concat(_lines[start..end].Where(line => line.Stream == stream).Select(line => line.Line + "\n"));
}
