using System.Globalization;
using SwePlatform.Api.Repositories.Clones;

namespace SwePlatform.Api.Toolbox.Git;

/// <param name="Status">added, modified, deleted, renamed, copied, type_changed.</param>
/// <param name="Additions">Lines added; null for a binary file.</param>
/// <param name="Deletions">Lines removed; null for a binary file.</param>
internal sealed record ChangedFile(string Path, string? OldPath, string Status, int? Additions, int? Deletions);

/// <summary>Which files differ, from what Git prints for <c>-z --raw --numstat</c>.</summary>
internal static class ChangedFiles
{
    /// <summary>The files that differ between two commits or trees; object against object, so no file can make Git run a program.</summary>
    public static async Task<List<ChangedFile>> BetweenAsync(
        Clone clone,
        string from,
        string to,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        string[] options = ["--no-ext-diff", "--no-textconv", "--find-renames", "-z", "--raw", "--numstat", "--no-abbrev"];
        var changes = await clone.GitAsync(["diff", .. options, "--end-of-options", from, to], maxBytes, cancellationToken);
        return Read(changes.Text.Split('\0'));
    }

    // First every file as ":<mode> <mode> <id> <id> <status>", path, and for renames the new path; then every file
    // again as "<added>\t<removed>\t<path>", or for renames with an empty path and the two paths after it.
    public static List<ChangedFile> Read(ReadOnlySpan<string> fields)
    {
        var files = new List<ChangedFile>();
        var counted = 0;
        for (var index = 0; index < fields.Length; index++)
        {
            var field = fields[index].TrimStart('\n');
            if (field.StartsWith(':'))
            {
                var status = field[(field.LastIndexOf(' ') + 1)..];
                var moved = status[0] is 'R' or 'C';
                files.Add(new(fields[index + (moved ? 2 : 1)], moved ? fields[index + 1] : null, Describe(status[0]), null, null));
                index += moved ? 2 : 1;
            }
            else if (field.Split('\t', 3) is [var added, var removed, var path] && counted < files.Count)
            {
                files[counted] = files[counted] with { Additions = Count(added), Deletions = Count(removed) };
                counted++;
                index += path.Length == 0 ? 2 : 0;
            }
        }
        return files;
    }

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static string Describe(char status) =>
        status switch
        {
            'A' => "added",
            'D' => "deleted",
            'R' => "renamed",
            'C' => "copied",
            'T' => "type_changed",
            _ => "modified",
        };
}
