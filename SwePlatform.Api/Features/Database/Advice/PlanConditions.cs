using System.Text.RegularExpressions;

namespace SwePlatform.Api.Features.Database.Advice;

/// <summary>Reads the conditions that a plan shows, such as <c>((t.owner_id = $1) AND (t.at > now()))</c>.</summary>
internal static partial class PlanConditions
{
    /// <summary>The parts that all have to hold.</summary>
    public static IEnumerable<string> Split(string condition)
    {
        var text = Unwrap(condition.Trim());
        var (start, found) = (0, false);
        foreach (var and in TopLevelAnds(text))
        {
            found = true;
            foreach (var part in Split(text[start..and]))
            {
                yield return part;
            }
            start = and + " AND ".Length;
        }
        if (!found)
        {
            yield return text;
            yield break;
        }
        foreach (var part in Split(text[start..]))
        {
            yield return part;
        }
    }

    /// <summary>The column of <paramref name="alias"/> that this part compares with something else, and whether for equality.</summary>
    public static (string Column, bool Equal)? Compared(string part, string alias)
    {
        var match = Comparison().Match(part);
        if (!match.Success)
        {
            return null;
        }
        var (left, right) = (match.Groups["left"].Value, match.Groups["right"].Value);
        var equal = match.Groups["operator"].Value == "=";
        if (ColumnOf(left, alias) is { } column && !Mentions(right, alias))
        {
            return (column, equal);
        }
        return ColumnOf(right, alias) is { } other && !Mentions(left, alias) ? (other, equal) : null;
    }

    /// <summary>The column that a sort key is, if it is one of <paramref name="alias"/>.</summary>
    public static string? SortColumn(string key, string alias) => ColumnOf(Direction().Replace(key, ""), alias);

    private static string? ColumnOf(string expression, string alias)
    {
        var match = Column().Match(expression.Trim());
        return match.Success && Plain(match.Groups["alias"].Value) == alias ? Plain(match.Groups["column"].Value) : null;
    }

    private static bool Mentions(string expression, string alias) =>
        AnyColumn().Matches(expression).Any(match => Plain(match.Groups["alias"].Value) == alias);

    private static string Plain(string identifier) =>
        identifier.StartsWith('"') ? identifier[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : identifier;

    private static string Unwrap(string text)
    {
        while (text is ['(', .., ')'] && ClosingOf(text) == text.Length - 1)
        {
            text = text[1..^1].Trim();
        }
        return text;
    }

    private static int ClosingOf(string text)
    {
        foreach (var (index, depth) in Depths(text))
        {
            if (depth == 0 && text[index] == ')')
            {
                return index;
            }
        }
        return -1;
    }

    private static IEnumerable<int> TopLevelAnds(string text) =>
        from place in Depths(text)
        where place.Depth == 0 && text[place.Index] == ' ' && string.CompareOrdinal(text, place.Index, " AND ", 0, 5) == 0
        select place.Index;

    /// <summary>Each character outside of quotes, with the number of brackets around it.</summary>
    private static IEnumerable<(int Index, int Depth)> Depths(string text)
    {
        var (depth, quote) = (0, '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
                continue;
            }
            if (letter is '\'' or '"')
            {
                quote = letter;
                continue;
            }
            depth +=
                letter == '(' ? 1
                : letter == ')' ? -1
                : 0;
            yield return (i, depth);
        }
    }

    private const string Name = """(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")""";

    [GeneratedRegex($@"^(?<left>\S.*?) (?<operator>=|<=|>=|<|>) (?<right>.+)$", RegexOptions.Singleline)]
    private static partial Regex Comparison();

    // As it is, or cast: (t.name)::text.
    [GeneratedRegex($@"^\(?(?<alias>{Name})\.(?<column>{Name})\)?(?:::[a-z ]+(?:\(\d+\))?)?$")]
    private static partial Regex Column();

    [GeneratedRegex($@"(?<![\w$""])(?<alias>{Name})\.{Name}")]
    private static partial Regex AnyColumn();

    [GeneratedRegex(@"( DESC| ASC)?( NULLS (FIRST|LAST))?$")]
    private static partial Regex Direction();
}
