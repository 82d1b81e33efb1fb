using System.Globalization;
using System.Text.RegularExpressions;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Finds a place in the repository in what programs print.</summary>
internal static partial class SourcePlace
{
    private const string Root = SandboxPlan.Workspace + "/";

    /// <summary>The first place in a stack that is in the repository; Python writes the innermost last.</summary>
    public static (string? File, int? Line) Find(string stack)
    {
        var python = PythonFrame().Matches(stack);
        var match = python.LastOrDefault(frame => IsOurs(frame.Groups["file"].Value)) ?? Frame().Matches(stack).FirstOrDefault(frame => IsOurs(frame.Groups["file"].Value));
        return match is null ? (null, null) : (Relative(match.Groups["file"].Value), int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>A path as the repository has it.</summary>
    public static string Relative(string path)
    {
        var plain = path.StartsWith("file://", StringComparison.Ordinal) ? path["file://".Length..] : path;
        plain = plain.StartsWith(Root, StringComparison.Ordinal) ? plain[Root.Length..] : plain;
        return plain.StartsWith("./", StringComparison.Ordinal) ? plain[2..] : plain;
    }

    private static bool IsOurs(string path) => Relative(path) is var plain && !plain.StartsWith('/') && !plain.Contains("node_modules/", StringComparison.Ordinal) && !plain.StartsWith("node:", StringComparison.Ordinal);

    [GeneratedRegex("""File "(?<file>[^"\n]+)", line (?<line>\d{1,8})""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PythonFrame();

    [GeneratedRegex(@"(?<file>(?:file://)?[\w@./+-]+\.\w{1,8}):(?:line )?(?<line>\d{1,8})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Frame();
}
