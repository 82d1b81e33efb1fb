using System.Globalization;
using System.Text.RegularExpressions;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Finds a place in the repository in what programs print, in time linear in that.</summary>
internal static partial class SourcePlace
{
    private const string Root = SandboxPlan.Workspace + "/";

    /// <summary>The first place in a stack that may be in the repository.</summary>
    public static (string? File, int? Line) Find(string stack) =>
        All(stack).Select(place => ((string?)place.File, (int?)place.Line)).FirstOrDefault();

    /// <summary>
    /// The places in a stack that may be in the repository, the innermost first. Java names no folders: they are those of the
    /// package.
    /// </summary>
    public static IEnumerable<(string File, int Line)> All(string stack)
    {
        var matches = PythonFrame().Matches(stack).Reverse().ToList();
        if (matches.Count == 0)
        {
            matches = (JavaFrame().Matches(stack) is { Count: > 0 } java ? java : Frame().Matches(stack)).ToList();
        }
        return matches.Select(Read).Where(place => IsOurs(place.File));
    }

    private static (string File, int Line) Read(Match match)
    {
        var file = match.Groups["package"].Value.Replace('.', '/') + match.Groups["file"].Value;
        return (Relative(file), int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>A path as the repository has it.</summary>
    public static string Relative(string path)
    {
        var plain = path.StartsWith("file://", StringComparison.Ordinal) ? path["file://".Length..] : path;
        plain = plain.StartsWith(Root, StringComparison.Ordinal) ? plain[Root.Length..] : plain;
        return plain.StartsWith("./", StringComparison.Ordinal) ? plain[2..] : plain;
    }

    private static bool IsOurs(string path) =>
        Relative(path) is var plain
        && !plain.StartsWith('/')
        && !plain.Contains("node_modules/", StringComparison.Ordinal)
        && !plain.StartsWith("node:", StringComparison.Ordinal);

    [GeneratedRegex("""File "(?<file>[^"\n]+)", line (?<line>\d{1,8})""", RegexOptions.NonBacktracking)]
    private static partial Regex PythonFrame();

    [GeneratedRegex(
        @"^\s*at (?:[\w.@-]*/)*(?<package>(?:\w+\.)*?)[\w$]+\.[\w$<>]+\((?<file>\w+\.(?:java|kt|groovy|scala)):(?<line>\d{1,8})\)",
        RegexOptions.Multiline | RegexOptions.NonBacktracking
    )]
    private static partial Regex JavaFrame();

    [GeneratedRegex(@"(?<file>(?:file://)?[\w@./+-]+\.\w{1,8}):(?:line )?(?<line>\d{1,8})", RegexOptions.NonBacktracking)]
    private static partial Regex Frame();
}
