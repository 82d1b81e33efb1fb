using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>Says which hunk of a patch does not fit, and what is there instead of what it expects.</summary>
internal static partial class PatchDiagnosis
{
    private const int Shown = 120;
    private const int MaxBytes = 8 * 1024 * 1024;
    private const long MaxComparisons = 20_000_000;

    /// <param name="gitSays">The lines that Git wrote when it refused the patch.</param>
    public static string Explain(IReadOnlyList<DiffFile> files, bool prefixed, string root, string gitSays)
    {
        var failures = FailedHunk()
            .Matches(gitSays)
            .Select(match =>
                ExplainHunk(
                    files,
                    prefixed,
                    root,
                    match.Groups["path"].Value,
                    int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture)
                )
            )
            .Where(text => text is not null)
            .ToList();
        var others = gitSays
            .Split("error: ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line =>
                !line.StartsWith("patch failed:", StringComparison.Ordinal)
                && !(failures.Count > 0 && line.EndsWith("patch does not apply", StringComparison.Ordinal))
            )
            .Where(line => !line.StartsWith("while searching for", StringComparison.Ordinal));
        return $"Nothing was changed. {string.Join(' ', [.. failures, .. others])}";
    }

    private static string? ExplainHunk(IReadOnlyList<DiffFile> files, bool prefixed, string root, string path, int line)
    {
        var file = files.FirstOrDefault(candidate =>
            Plain(candidate.NewPath, prefixed) == path || Plain(candidate.OldPath, prefixed) == path
        );
        var hunk = file?.Hunks.FirstOrDefault(candidate => candidate.OldStart == line);
        if (file is null || hunk is null)
        {
            return null;
        }
        var place = $"{path}: hunk {hunk.Number} of {file.Hunks.Count} (line {hunk.OldStart}) does not fit:";
        var (location, problem) = file.Source is null ? (null, null) : WorktreePath.Find(root, Plain(file.Source, prefixed));
        if (location is null || !File.Exists(location))
        {
            return $"{place} {problem ?? "the file does not exist."}";
        }
        if (FileKinds.Of(location) != FileKind.Regular || new FileInfo(location).Length > MaxBytes)
        {
            return $"{place} there is no file of text of a size that is compared.";
        }
        var lines = File.ReadAllText(location, Encoding.UTF8).Split('\n');
        return (long)lines.Length * hunk.OldLines.Count > MaxComparisons
            ? $"{place} the lines that it expects are not there."
            : $"{place} {Compare(hunk, lines)}";
    }

    private static string Compare(DiffHunk hunk, string[] actual)
    {
        // Git looks for the lines anywhere; the best place tells most about what is wrong.
        var best = Enumerable
            .Range(0, actual.Length)
            .OrderByDescending(start => Matching(hunk, actual, start))
            .ThenBy(start => Math.Abs(start + 1 - hunk.OldStart))
            .FirstOrDefault();
        if (Matching(hunk, actual, best) == 0)
        {
            best = Math.Max(0, hunk.OldStart - 1);
        }
        for (var index = 0; index < hunk.OldLines.Count; index++)
        {
            var (expected, found) = (hunk.OldLines[index], best + index < actual.Length ? actual[best + index] : null);
            if (expected != found)
            {
                return $"it expects line {best + index + 1} to be '{Cut(expected)}', but "
                    + $"{(found is null ? $"the file ends at line {actual.Length}" : $"there is '{Cut(found)}'")}.";
            }
        }
        return "another hunk of this patch changes the same lines.";
    }

    private static int Matching(DiffHunk hunk, string[] actual, int start)
    {
        var count = 0;
        for (var index = 0; index < hunk.OldLines.Count && start + index < actual.Length; index++)
        {
            count += hunk.OldLines[index] == actual[start + index] && actual[start + index].Trim().Length > 0 ? 1 : 0;
        }
        return count;
    }

    private static string Plain(string path, bool prefixed) => prefixed && path != DiffFile.None ? path[2..] : path;

    private static string Cut(string text) =>
        (text.Length > Shown ? text[..Shown] + "…" : text).Replace("\r", "\\r", StringComparison.Ordinal);

    [GeneratedRegex(@"patch failed: (?<path>.+?):(?<line>\d{1,9})(?= error:|$)")]
    private static partial Regex FailedHunk();
}
