using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>A hunk of a unified diff: what it expects to find, and where.</summary>
/// <param name="OldStart">The line, counted from 1, at which it expects them.</param>
/// <param name="OldLines">The lines that it expects: its context and what it removes.</param>
/// <param name="EndsWithContext">Whether the last of them stays: Git takes a hunk that ends otherwise for the end of the file.</param>
internal sealed record DiffHunk(int Number, int OldStart, IReadOnlyList<string> OldLines, bool EndsWithContext);

internal sealed record DiffFile(string OldPath, string NewPath, IReadOnlyList<DiffHunk> Hunks)
{
    public const string None = "/dev/null";

    /// <summary>The file that has to be there; null for one that the diff creates.</summary>
    public string? Source => OldPath == None ? null : OldPath;
}

/// <summary>
/// Reads just enough of a unified diff to say in words why it does not fit. Whether it fits, and its effect, is
/// Git's to decide.
/// </summary>
internal static partial class UnifiedDiff
{
    public static IReadOnlyList<DiffFile> Read(string patch)
    {
        var files = new List<DiffFile>();
        var lines = patch.Split('\n');
        for (var index = 0; index + 1 < lines.Length; index++)
        {
            if (lines[index].StartsWith("--- ", StringComparison.Ordinal) && lines[index + 1].StartsWith("+++ ", StringComparison.Ordinal))
            {
                var (from, to) = (Name(lines[index]), Name(lines[index + 1]));
                index += 2;
                files.Add(new(from, to, ReadHunks(lines, ref index)));
            }
        }
        return files;
    }

    /// <summary>Whether paths begin with a letter and a slash, as Git writes them.</summary>
    public static bool HasPrefixes(IEnumerable<DiffFile> files) =>
        files.All(file =>
            (file.OldPath == DiffFile.None || file.OldPath.StartsWith("a/", StringComparison.Ordinal))
            && (file.NewPath == DiffFile.None || file.NewPath.StartsWith("b/", StringComparison.Ordinal))
        );

    /// <summary>Whether a hunk changes a file and has no line behind its change, as <c>diff -U0</c> and some agents write them.</summary>
    public static bool LacksContext(IEnumerable<DiffFile> files) =>
        files.Any(file => file.OldPath != DiffFile.None && file.NewPath != DiffFile.None && file.Hunks.Any(hunk => !hunk.EndsWithContext));

    private static List<DiffHunk> ReadHunks(string[] lines, ref int index)
    {
        var hunks = new List<DiffHunk>();
        while (index < lines.Length && Header().Match(lines[index]) is { Success: true } header)
        {
            var (oldLeft, newLeft) = (Count(header, "oldCount"), Count(header, "newCount"));
            var old = new List<string>();
            var context = false;
            for (index++; index < lines.Length && (oldLeft > 0 || newLeft > 0 || lines[index].StartsWith('\\')); index++)
            {
                var kind = lines[index].Length == 0 ? ' ' : lines[index][0];
                var text = lines[index].Length == 0 ? "" : lines[index][1..];
                if (kind is ' ' or '-')
                {
                    old.Add(text);
                    oldLeft--;
                }
                context = kind == ' ' || (context && kind == '\\');
                newLeft -= kind is ' ' or '+' ? 1 : 0;
            }
            hunks.Add(new(hunks.Count + 1, int.Parse(header.Groups["old"].Value, CultureInfo.InvariantCulture), old, context));
        }
        index--;
        return hunks;
    }

    private static int Count(Match header, string group) =>
        header.Groups[group] is { Success: true } count ? int.Parse(count.Value, CultureInfo.InvariantCulture) : 1;

    // A tab and a time may follow the name.
    private static string Name(string line) => line[4..].Split('\t')[0].TrimEnd('\r');

    [GeneratedRegex(@"^@@ -(?<old>\d{1,9})(?:,(?<oldCount>\d{1,9}))? \+\d{1,9}(?:,(?<newCount>\d{1,9}))? @@")]
    private static partial Regex Header();
}
