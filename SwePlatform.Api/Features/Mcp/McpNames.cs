namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// Tools are called <c>code.search</c> here, and <c>code_search</c> by agents: many of them refuse names with a dot. What
/// is before the dot has no underscore, so the first one stands for it, and no two tools come to share a name.
/// </summary>
internal static class McpNames
{
    private const int MaxNear = 3;

    /// <summary>The name as agents get it: letters, digits, <c>_</c> and <c>-</c>, at most 64 characters.</summary>
    public static string Of(string toolName) => toolName.Replace('.', '_');

    /// <summary>The names that an agent may mean by one.</summary>
    public static IEnumerable<string> Meant(string name) =>
        name.Contains('.', StringComparison.Ordinal) || name.IndexOf('_', StringComparison.Ordinal) is not (> 0 and var first)
            ? [name]
            : [name, $"{name[..first]}.{name[(first + 1)..]}"];

    /// <summary>The names that are most like one, if any is like it.</summary>
    public static IReadOnlyList<string> Near(string name, IEnumerable<string> known)
    {
        var wanted = Of(name).ToLowerInvariant();
        wanted = wanted.Length > 64 ? wanted[..64] : wanted;
        return
        [
            .. known
                .Select(candidate => (Name: candidate, Distance: Distance(wanted, candidate.ToLowerInvariant())))
                .Where(candidate => candidate.Distance <= Math.Max(2, wanted.Length / 3))
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(MaxNear)
                .Select(candidate => candidate.Name),
        ];
    }

    // Words count in any order, and beginnings of words, too: 'read_file' is near 'files_read', and 'search' near 'code_search'.
    private static int Distance(string wanted, string candidate)
    {
        var edits = Edits(wanted, candidate);
        var (asked, offered) = (wanted.Split('_', '-'), candidate.Split('_', '-'));
        return asked.All(word => word.Length > 1 && offered.Any(other => Begins(word, other))) ? Math.Min(edits, 1) : edits;
    }

    private static bool Begins(string word, string other) =>
        other.StartsWith(word, StringComparison.Ordinal) || word.StartsWith(other, StringComparison.Ordinal);

    // Levenshtein's distance.
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
