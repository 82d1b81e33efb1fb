using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Code;

/// <summary>
/// Texts that every match of a regular expression contains. They are found faster than the expression itself, and only the
/// lines that have all of them need be tried.
/// </summary>
internal static partial class RequiredLiteral
{
    // Shorter text is in too many lines to be worth looking for.
    private const int MinLength = 3;

    /// <summary>Such texts as a look at the expression shows, the longest first; none if none is long enough to look for.</summary>
    public static IReadOnlyList<string> Find(string pattern)
    {
        var (found, run) = (new List<string>(), new StringBuilder());
        for (var i = 0; i < pattern.Length; )
        {
            switch (pattern[i])
            {
                // Options may change what letters mean, and alternatives need none of it.
                case '|':
                case '(' when pattern.AsSpan(i).StartsWith("(?") && !pattern.AsSpan(i).StartsWith("(?:"):
                    return [];
                case '(' or '[':
                    End(run, found);
                    if (SkipGroup(pattern, i) is not { } end)
                    {
                        return [];
                    }
                    i = end;
                    break;
                // A brace that begins no quantifier stands for itself; what follows it is read like all the rest.
                case '^' or '$' or '.' or ')' or '*' or '+' or '?' or '{' or '}':
                    End(run, found);
                    i +=
                        pattern[i] == '{'
                        && Quantifier().Match(pattern, i) is { Success: true, Length: var length } match
                        && match.Index == i
                            ? length
                            : 1;
                    break;
                case '\\' when i + 1 == pattern.Length || char.IsAsciiLetterOrDigit(pattern[i + 1]):
                    // A class, an anchor or a code; what follows a code may belong to it.
                    if (i + 1 < pattern.Length && !"bBdDsSwWAzZ".Contains(pattern[i + 1], StringComparison.Ordinal))
                    {
                        return [];
                    }
                    End(run, found);
                    i += 2;
                    break;
                default:
                    i += pattern[i] == '\\' ? 2 : 1;
                    Take(pattern, i, pattern[i - 1], run, found);
                    break;
            }
        }
        End(run, found);
        found.Sort((one, other) => other.Length.CompareTo(one.Length));
        return found is [{ Length: >= MinLength }, ..] ? found : [];
    }

    // A quantifier applies to the last character alone: it may let it be absent, or repeat it.
    private static void Take(string pattern, int next, char character, StringBuilder run, List<string> found)
    {
        var quantifier = next < pattern.Length ? pattern[next] : '\0';
        if (quantifier is not ('?' or '*' or '{'))
        {
            run.Append(character);
        }
        if (quantifier is '?' or '*' or '{' or '+')
        {
            End(run, found);
        }
    }

    [GeneratedRegex(@"\{[0-9]+(,[0-9]*)?\}")]
    private static partial Regex Quantifier();

    private static void End(StringBuilder run, List<string> found)
    {
        // What is not valid UTF-8 is read as this character, so its bytes are not what stands in the file.
        // A quantifier may take half of a character that is written as two.
        if (run.Length > 0 && run.ToString() is var text && !text.Contains('\uFFFD') && !text.Any(char.IsSurrogate))
        {
            found.Add(text);
        }
        run.Clear();
    }

    // Behind the group or set that begins here; what is in it is not looked at. Null if it is not simple enough.
    private static int? SkipGroup(string pattern, int start)
    {
        var depth = 0;
        for (var i = start; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                // A control character takes the next one with it, whatever that is.
                case '\\' when pattern.AsSpan(i).StartsWith("\\c"):
                    return null;
                case '\\':
                    i++;
                    break;
                case '[':
                    var close = SkipSet(pattern, i);
                    if (close is null)
                    {
                        return null;
                    }
                    i = close.Value;
                    if (depth == 0)
                    {
                        return i + 1;
                    }
                    break;
                case '(':
                    if (pattern.AsSpan(i).StartsWith("(?") && !pattern.AsSpan(i).StartsWith("(?:"))
                    {
                        return null;
                    }
                    depth++;
                    break;
                case ')' when --depth == 0:
                    return i + 1;
            }
        }
        return null;
    }

    // The bracket that ends a set; null for sets within sets.
    private static int? SkipSet(string pattern, int start)
    {
        var first = start + (pattern.AsSpan(start).StartsWith("[^") ? 2 : 1);
        for (var i = first; i < pattern.Length; i++)
        {
            if (pattern.AsSpan(i).StartsWith("\\c"))
            {
                return null;
            }
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] == '[')
            {
                return null;
            }
            else if (pattern[i] == ']' && i > first)
            {
                return i;
            }
        }
        return null;
    }
}
