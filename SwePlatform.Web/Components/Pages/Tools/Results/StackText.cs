using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Web.Components.Pages.Tools.Results;

/// <summary>Places in the text of a stack, as .NET, Python, Node, Java and compilers write them.</summary>
internal static partial class StackText
{
    // Where programs find the files of a workspace.
    private const string Root = "/workspace/";

    /// <summary>The text in pieces; those that name a place in the repository have its path and line.</summary>
    public static IEnumerable<(string Text, string? Path, int Line)> Split(string text)
    {
        var at = 0;
        foreach (Match match in Place().Matches(text))
        {
            var path = match.Groups["path"].Value;
            path = path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..] : path;
            path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            if (
                path.StartsWith('/')
                || path.Split('/').Contains("..")
                || !int.TryParse(match.Groups["line"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            )
            {
                continue;
            }
            yield return (text[at..match.Index], null, 0);
            yield return (match.Value, path, line);
            at = match.Index + match.Length;
        }
        yield return (text[at..], null, 0);
    }

    [GeneratedRegex(
        @"(?<path>[\p{L}\p{N}_./+@-]+\.[A-Za-z]{1,10})(:line |:|"", line )(?<line>\d{1,7})",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Place();
}
