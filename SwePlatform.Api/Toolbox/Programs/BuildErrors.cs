using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Api.Toolbox.Programs;

internal sealed record BuildError(string? File, int? Line, int? Column, string? Code, string Message);

/// <summary>Finds the errors in what compilers print.</summary>
internal static partial class BuildErrors
{
    private const int Max = 200;
    private const int MaxPlaceless = 5;
    private const int MaxRead = 10_000;
    private const int MaxLine = 4000;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The errors found within a few seconds: output can be made to be hard to read.</summary>
    public static IReadOnlyList<BuildError> Read(string output, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        var errors = new List<BuildError>();
        var python = default(Match);
        var lines = new StringReader(output);
        while (lines.ReadLine() is { } line && errors.Count < MaxRead && Stopwatch.GetElapsedTime(started) < TimeLimit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.Length <= MaxLine)
            {
                ReadLine(line, errors, ref python);
            }
        }
        // MSBuild and Maven repeat all errors at their end.
        return errors.Count > 0 ? [.. errors.Distinct().Take(Max)] : ReadPlaceless(output);
    }

    private static void ReadLine(string line, List<BuildError> errors, ref Match? python)
    {
        try
        {
            if (Detail().Match(line) is { Success: true } detail && errors.Count > 0)
            {
                // A thousand details of one error are a thousand copies of its message.
                errors[^1] =
                    errors[^1].Message.Length > MaxLine
                        ? errors[^1]
                        : errors[^1] with
                        {
                            Message = $"{errors[^1].Message}; {detail.Groups["text"].Value.Trim()}",
                        };
            }
            else if (PythonPlace().Match(line) is { Success: true } place)
            {
                python = place;
            }
            else if (python is not null && PythonError().Match(line) is { Success: true } syntax)
            {
                errors.Add(Create(python, null, line.Trim()) with { Code = syntax.Groups["code"].Value });
                python = null;
            }
            else if (
                new[] { MsBuild().Match(line), Maven().Match(line), Colons().Match(line) }.FirstOrDefault(match => match.Success) is
                { } match
            )
            {
                errors.Add(Create(match, match.Groups["code"], match.Groups["message"].Value.Trim()));
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // Made to be hard to read, which no compiler does.
        }
    }

    private static IReadOnlyList<BuildError> ReadPlaceless(string output)
    {
        try
        {
            return
            [
                .. Placeless()
                    .Matches(output.ReplaceLineEndings("\n"))
                    .Select(match => new BuildError(null, null, null, null, match.Groups["message"].Value.Trim()))
                    .Distinct()
                    .Take(MaxPlaceless),
            ];
        }
        catch (RegexMatchTimeoutException)
        {
            return [];
        }
    }

    private static BuildError Create(Match match, Group? code, string message) =>
        new(
            match.Groups["file"].Value is { Length: > 0 } file ? SourcePlace.Relative(file.Trim()) : null,
            Number(match.Groups["line"]),
            Number(match.Groups["column"]),
            code is { Length: > 0 } ? code.Value : null,
            message
        );

    private static int? Number(Group group) =>
        group.Success && group.Length > 0 ? int.Parse(group.Value, CultureInfo.InvariantCulture) : null;

    // C#, F#, TypeScript: "a/b.cs(3,5): error CS1002: ; expected [x.csproj]"; NuGet: "x.csproj : error NU1101: …".
    [GeneratedRegex(
        @"^\s*(?<file>[^\s(][^(\n]*?)(?:\((?<line>\d{1,8})(?:,(?<column>\d{1,8}))?[^)]*\))?\s*: (?:fatal )?error "
            + @"(?<code>[A-Z]+\d+)?\s*: (?<message>.*?)(?: \[[^\]]+\](?: \[[^\]]+\])?)?$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 500
    )]
    private static partial Regex MsBuild();

    // javac by Maven: "[ERROR] /workspace/src/A.java:[3,5] ';' expected".
    [GeneratedRegex(
        @"^\[ERROR\] (?<file>[^\s:\[]+):\[(?<line>\d{1,8}),(?<column>\d{1,8})\] (?<message>.+)$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 500
    )]
    private static partial Regex Maven();

    // gcc, clang, rustc --message-format=short, javac, and Go, which does not say that it is an error.
    [GeneratedRegex(
        @"^(?<file>[\w@./+-]+\.\w{1,8}):(?<line>\d{1,8}):(?:(?<column>\d{1,8}):)? (?:(?:fatal "
            + @")?error(?:\[(?<code>\w+)\])?: |(?=[^ ])(?!warning|note|help))(?<message>.+)$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 500
    )]
    private static partial Regex Colons();

    // javac says below an error what it looked for.
    [GeneratedRegex(
        @"^(?:\[ERROR\])?\s+(?<text>(?:symbol|location|required|found|reason):.+)$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 500
    )]
    private static partial Regex Detail();

    // What is wrong with the project rather than a file of it.
    [GeneratedRegex(
        @"^(?:\[ERROR\] (?=Failed|Plugin|Could not|Non-|The |Unknown|No )|error(?:\[\w+\])?: |fatal: |npm "
            + @"(?:ERR!|error) (?!A complete log|code )|\* What went wrong:\n)(?<message>\S[^\n]{0,2000}(?:\n> [^\n]{1,1000})?)",
        RegexOptions.Multiline,
        matchTimeoutMilliseconds: 500
    )]
    private static partial Regex Placeless();

    // Python's traceback, and the head that Node prints above the line that it cannot read.
    [GeneratedRegex(
        """(?:File "(?<file>[^"\n]+)", line |^(?:\s*Exception during run: )?(?<file>(?:file://)?/[^:\n]+\.[cm]?[jt]sx?):)(?<line>\d{1,8})"""
    )]
    private static partial Regex PythonPlace();

    [GeneratedRegex(@"^(?:\*\*\* )?(?:Sorry: )?(?<code>SyntaxError|IndentationError|TabError)\b")]
    private static partial Regex PythonError();
}
