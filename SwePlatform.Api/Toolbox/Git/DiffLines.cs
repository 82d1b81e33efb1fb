using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

/// <summary>What differs: the files first, one a line, then the lines of the patch.</summary>
internal sealed class DiffLines(IReadOnlyList<ChangedFile> files, string patch, bool truncated)
{
    private readonly List<string> _lines = patch.Length == 0 ? [] : [.. TextCut.Lines(patch).SelectMany(line => TextCut.Pieces(line))];

    public Listing Show(string head, Func<IReadOnlyList<ChangedFile>, string, object> data) =>
        new(
            head,
            [.. files.Select(file => new ListingItem(Shown.File(file))), .. _lines.Select(line => new ListingItem(line))],
            (start, end) =>
                data(
                    [.. files.Take(start..end)],
                    string.Concat(_lines.Take(Math.Max(0, start - files.Count)..Math.Max(0, end - files.Count)).Select(line => line + "\n"))
                )
        )
        {
            Advice =
                truncated ? "The patch is longer: name a path"
                : _lines.Count > 200 ? "git_diff with a path shows one file"
                : null,
        };
}
