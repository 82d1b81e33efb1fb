using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>
/// Puts right what agents get wrong in unified diffs: counts of lines in the heads of hunks, heads without numbers, and a fence around
/// it all. What is right already is left as it is.
/// </summary>
internal static partial class PatchRepair
{
    /// <exception cref="ToolException">A hunk cannot be read, or has no numbers and is not found.</exception>
    public static string Repair(string patch, Workspace workspace)
    {
        var lines = Unfenced(patch).Split('\n');
        var repaired = new StringBuilder();
        var (path, number) = ("", 0);
        PatchedSource? source = null;
        DiffWriter? writer = null;
        for (var at = 0; at < lines.Length; )
        {
            var line = lines[at];
            if (!line.StartsWith("@@", StringComparison.Ordinal) || path.Length == 0)
            {
                if (line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("diff ", StringComparison.Ordinal))
                {
                    (path, number, source, writer) = (Name(lines, at) ?? path, 0, null, null);
                }
                repaired.Append(line).Append(at + 1 < lines.Length ? "\n" : "");
                at++;
                continue;
            }
            var name = $"{path}: hunk {++number}";
            var end = End(lines, at + 1);
            if (Header().Match(line) is { Success: true } header)
            {
                Append(repaired, header, lines[(at + 1)..end], name);
            }
            else
            {
                source ??= PatchedSource.Read(workspace, path);
                writer ??= new(repaired);
                if (line.Trim('@', ' ', '\r') is { Length: > 0 } heading)
                {
                    source.SkipTo(heading, name);
                }
                var body = HunkLines.Read(lines[(at + 1)..end], name);
                List<string> old = [.. body.Where(text => text[0] != '+').Select(text => text[1..])];
                writer.Append(source, source.Find(old, atEnd: false, unique: line.Trim('@', ' ', '\r').Length == 0, name), body);
            }
            at = end;
        }
        return repaired.ToString();
    }

    private static void Append(StringBuilder repaired, Match header, string[] body, string name)
    {
        if (Counts(body) == (Number(header, "oldCount"), Number(header, "newCount")))
        {
            // Not a character of it is touched.
            AppendLines(repaired, header.Value, body);
            return;
        }
        var read = HunkLines.Read(body, name);
        var (old, added) = Counts(read);
        var mark = body.Any(line => line.StartsWith('\\')) ? body : null;
        AppendLines(
            repaired,
            string.Create(
                CultureInfo.InvariantCulture,
                $"@@ -{header.Groups["old"].Value},{old} +{header.Groups["new"].Value},{added} @@{header.Groups["rest"].Value}"
            ),
            mark is null ? read : [.. mark.Where(line => line.Length > 0)]
        );
    }

    private static void AppendLines(StringBuilder repaired, string header, IEnumerable<string> body)
    {
        repaired.Append(header).Append('\n');
        foreach (var line in body)
        {
            repaired.Append(line).Append('\n');
        }
    }

    private static (int Old, int New) Counts(IReadOnlyCollection<string> body) =>
        (
            body.Count(line => line.Length == 0 || line[0] is ' ' or '-' or '\r'),
            body.Count(line => line.Length == 0 || line[0] is ' ' or '+' or '\r')
        );

    // Where the next hunk or file begins; what is behind the last line of a hunk belongs to none.
    private static int End(string[] lines, int from)
    {
        var at = from;
        while (at < lines.Length && !IsHead(lines, at))
        {
            at++;
        }
        return at == lines.Length && lines[^1].Length == 0 ? at - 1 : at;
    }

    private static bool IsHead(string[] lines, int at) =>
        lines[at].StartsWith("@@", StringComparison.Ordinal)
        || lines[at].StartsWith("diff ", StringComparison.Ordinal)
        || lines[at].StartsWith("-- ", StringComparison.Ordinal)
        || (
            at + 1 < lines.Length
            && lines[at].StartsWith("--- ", StringComparison.Ordinal)
            && lines[at + 1].StartsWith("+++ ", StringComparison.Ordinal)
        );

    private static string? Name(string[] lines, int at)
    {
        var old = lines[at].StartsWith("--- ", StringComparison.Ordinal) ? Plain(lines[at]) : null;
        return old is null or DiffFile.None
            ? at + 1 < lines.Length && lines[at + 1].StartsWith("+++ ", StringComparison.Ordinal)
                ? Plain(lines[at + 1])
                : null
            : old;
    }

    private static string Plain(string line)
    {
        var name = line[4..].Split('\t')[0].TrimEnd('\r');
        return name.StartsWith("a/", StringComparison.Ordinal) || name.StartsWith("b/", StringComparison.Ordinal) ? name[2..] : name;
    }

    private static string Unfenced(string patch)
    {
        var text = patch.TrimStart();
        var end = text.TrimEnd();
        return text.StartsWith("```", StringComparison.Ordinal) && end.EndsWith("\n```", StringComparison.Ordinal)
            ? end[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..^3]
            : patch;
    }

    private static int Number(Match header, string group) =>
        header.Groups[group] is { Success: true } count ? int.Parse(count.Value, CultureInfo.InvariantCulture) : 1;

    [GeneratedRegex(
        @"^@@ -(?<old>\d{1,9})(?:,(?<oldCount>\d{1,9}))? \+(?<new>\d{1,9})(?:,(?<newCount>\d{1,9}))? @@(?<rest>.*)$",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Header();
}
