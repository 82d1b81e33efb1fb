using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox;

/// <summary>
/// A glob over paths in a repository, as in <c>.gitignore</c> and ripgrep: <c>*</c> and <c>?</c> stay within a folder,
/// <c>**</c> crosses folders, <c>[a-z]</c> and <c>{a,b}</c> choose. Without a slash it is held against the file's name
/// in any folder, with one against the whole path; a slash at its end means all within that folder.
/// </summary>
internal sealed class PathGlob
{
    private const int MaxLength = 500;
    private readonly Regex _regex;
    private readonly bool _nameOnly;

    private PathGlob(Regex regex, bool nameOnly) => (_regex, _nameOnly) = (regex, nameOnly);

    public bool IsMatch(string path) => _regex.IsMatch(_nameOnly ? path.AsSpan(path.LastIndexOf('/') + 1) : path);

    /// <summary>Null, or why this is no glob.</summary>
    public static string? Problem(string glob) =>
        glob.Length switch
        {
            0 => "A glob is not empty.",
            > MaxLength => $"A glob has at most {MaxLength} characters.",
            _ => glob[0] == '-' ? "A glob does not start with '-'."
            : glob[0] == '!' ? "A glob does not start with '!'; use 'exclude'."
            : glob.Split('/').Contains("..") ? "A glob has no '..'."
            : glob.Any(char.IsControl) ? "A glob has no control characters."
            : Parse(glob) is null ? "The glob is malformed: a '[' or '{' is not closed, or it is too complex."
            : null,
        };

    /// <exception cref="ArgumentException">The glob has a <see cref="Problem"/>.</exception>
    public static PathGlob Create(string glob) => Parse(glob) ?? throw new ArgumentException("The glob is malformed.", nameof(glob));

    private static PathGlob? Parse(string glob)
    {
        if (glob.EndsWith('/'))
        {
            glob += "**";
        }
        var nameOnly = !glob.Contains('/', StringComparison.Ordinal);
        var pattern = Translate(glob.TrimStart('/'));
        try
        {
            return pattern is null
                ? null
                : new(new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), nameOnly);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Translate(string glob)
    {
        var pattern = new StringBuilder();
        var braces = 0;
        for (var index = 0; index < glob.Length; index++)
        {
            switch (glob[index])
            {
                case '*' when Next(glob, index) == '*':
                    index = TranslateDoubleStar(glob, index, pattern);
                    break;
                case '*':
                    pattern.Append("[^/]*");
                    break;
                case '?':
                    pattern.Append("[^/]");
                    break;
                case '[':
                    var close = glob.IndexOf(']', Math.Min(index + 2, glob.Length));
                    if (close < 0)
                    {
                        return null;
                    }
                    pattern.Append(TranslateSet(glob[(index + 1)..close]));
                    index = close;
                    break;
                case '{':
                    braces++;
                    pattern.Append("(?:");
                    break;
                case '}' when braces > 0:
                    braces--;
                    pattern.Append(')');
                    break;
                case ',' when braces > 0:
                    pattern.Append('|');
                    break;
                case '\\' when index + 1 < glob.Length:
                    pattern.Append(Regex.Escape(glob[++index].ToString()));
                    break;
                default:
                    pattern.Append(Regex.Escape(glob[index].ToString()));
                    break;
            }
        }
        return braces == 0 ? pattern.ToString() : null;
    }

    // "**/" matches any folders or none, "/**" at the end anything below.
    private static int TranslateDoubleStar(string glob, int index, StringBuilder pattern)
    {
        var atStart = index == 0 || glob[index - 1] == '/';
        if (atStart && Next(glob, index + 1) == '/')
        {
            pattern.Append("(?:.*/)?");
            return index + 2;
        }
        pattern.Append(".*");
        return index + 1;
    }

    private static string TranslateSet(string set)
    {
        var negated = set[0] is '!' or '^';
        var members = (negated ? set[1..] : set)
            .Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal)
            .Replace("^", @"\^", StringComparison.Ordinal);
        return negated ? $"[^/{members}]" : $"[{members}]";
    }

    private static char Next(string glob, int index) => index + 1 < glob.Length ? glob[index + 1] : '\0';
}
