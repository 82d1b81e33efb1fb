using System.Text.RegularExpressions;

namespace SwePlatform.Api.Repositories.Git;

internal static partial class GitUrls
{
    /// <summary>The text with the credentials of every URL in it removed.</summary>
    public static string Redact(string text) => Credentials().Replace(text, "$1…@");

    [GeneratedRegex(@"([a-z][a-z0-9+.\-]*://)[^\s/@]+@", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Credentials();
}
