using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Programs;

internal sealed record BuildError(string? File, int? Line, int? Column, string? Code, string Message);

/// <summary>Finds the errors in what compilers print.</summary>
internal static partial class BuildErrors
{
    private const int Max = 200;

    public static IReadOnlyList<BuildError> Read(string output)
    {
        var errors = new List<BuildError>();
        var python = default(Match);
        foreach (var line in output.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            if (line.Length > 4000)
            {
                continue;
            }
            if (PythonPlace().Match(line) is { Success: true } place)
            {
                python = place;
            }
            else if (python is not null && PythonError().Match(line) is { Success: true } syntax)
            {
                errors.Add(Create(python, null, line.Trim()) with { Code = syntax.Groups["code"].Value });
                python = null;
            }
            else if (new[] { MsBuild().Match(line), Maven().Match(line), Colons().Match(line) }.FirstOrDefault(match => match.Success) is { } match)
            {
                errors.Add(Create(match, match.Groups["code"], match.Groups["message"].Value.Trim()));
            }
        }
        // MSBuild repeats all errors at its end.
        return [.. errors.Distinct().Take(Max)];
    }

    private static BuildError Create(Match match, Group? code, string message) => new(
        match.Groups["file"].Value is { Length: > 0 } file ? SourcePlace.Relative(file.Trim()) : null, Number(match.Groups["line"]), Number(match.Groups["column"]),
        code is { Length: > 0 } ? code.Value : null, message);

    private static int? Number(Group group) => group.Success && group.Length > 0 ? int.Parse(group.Value, CultureInfo.InvariantCulture) : null;

    // C#, F#, TypeScript: "a/b.cs(3,5): error CS1002: ; expected [x.csproj]"; NuGet: "x.csproj : error NU1101: …".
    [GeneratedRegex(@"^\s*(?<file>[^\s(][^(\n]*?)(?:\((?<line>\d{1,8})(?:,(?<column>\d{1,8}))?[^)]*\))?\s*: (?:fatal )?error (?<code>[A-Z]+\d+)?\s*: (?<message>.*?)(?: \[[^\]]+\](?: \[[^\]]+\])?)?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MsBuild();

    // javac by Maven: "[ERROR] /workspace/src/A.java:[3,5] ';' expected".
    [GeneratedRegex(@"^\[ERROR\] (?<file>[^\s:\[]+):\[(?<line>\d{1,8}),(?<column>\d{1,8})\] (?<message>.+)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Maven();

    // gcc, clang, rustc --message-format=short, javac, and Go, which does not say that it is an error.
    [GeneratedRegex(@"^(?<file>[\w@./+-]+\.\w{1,8}):(?<line>\d{1,8}):(?:(?<column>\d{1,8}):)? (?:(?:fatal )?error(?:\[(?<code>\w+)\])?: |(?=[^ ])(?!warning|note|help))(?<message>.+)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colons();

    [GeneratedRegex("""File "(?<file>[^"\n]+)", line (?<line>\d{1,8})""")]
    private static partial Regex PythonPlace();

    [GeneratedRegex(@"^(?:\*\*\* )?(?:Sorry: )?(?<code>SyntaxError|IndentationError|TabError)\b")]
    private static partial Regex PythonError();
}
