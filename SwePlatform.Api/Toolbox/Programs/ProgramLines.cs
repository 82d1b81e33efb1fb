using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Errors and failing tests, and what came of builds and tests, in few words.</summary>
internal static class ProgramLines
{
    private const int MaxMessage = 600;
    private const int MaxStack = 800;
    private const int MaxCommand = 200;

    public static string Write(BuildError error) =>
        Place(error.File, error.Line, error.Column)
        + (error.Code is null ? "" : $"{error.Code}: ")
        + TextCut.End(error.Message, MaxMessage);

    public static string Write(TestFailure failure)
    {
        var cut = Cut(failure);
        return $"FAILED {cut.Name}"
            + (cut.File is null ? "" : $" ({Place(cut.File, cut.Line, null).TrimEnd(' ', ':')})")
            + (cut.Message.Length == 0 ? "" : $"\n{cut.Message}")
            + (cut.Stack is null || cut.Message.Contains(cut.Stack, StringComparison.Ordinal) ? "" : $"\n{cut.Stack}");
    }

    public static BuildError Cut(BuildError error) => error with { Message = TextCut.End(error.Message, MaxMessage) };

    public static TestFailure Cut(TestFailure failure) =>
        failure with
        {
            Name = TextCut.End(failure.Name, MaxMessage),
            Message = TextCut.End(failure.Message, MaxMessage),
            Stack = failure.Stack is null ? null : TextCut.End(failure.Stack, MaxStack),
        };

    public static IReadOnlyList<string> Cut(IReadOnlyList<string> command) =>
        [.. command.Take(20).Select(part => TextCut.End(part, MaxCommand))];

    public static string Verdict(ProjectTestResult result)
    {
        var counts = result.Counts is { } found
            ? $"{found.Total} tests, {found.Passed} passed, {found.Failed} failed, {found.Skipped} skipped"
            : null;
        var outcome = ((IHasOutcome)result).Outcome;
        return (outcome.Passed ? $"passed: {counts ?? "no counts"}" : $"failed: {counts ?? outcome.Text}")
            + (result.Stopped is not null && counts is not null ? $"; {ProgramVerdict.Of(result.ExitCode, result.Stopped).Text}" : "")
            + (result.FailuresTruncated ? "; only the first failures are here" : "")
            + $" in {Shown.Seconds(result.DurationMs)} ({Command(result.Ecosystem, result.Folder, result.Command)})"
            + Also(result.Others);
    }

    /// <summary>What was run, and where.</summary>
    public static string Command(Ecosystem ecosystem, string folder, IReadOnlyList<string> command) =>
        $"{Word(ecosystem)}{(folder.Length == 0 ? "" : $" in {folder}")}: {TextCut.End(string.Join(' ', command), MaxCommand)}";

    public static string Also(IReadOnlyList<OtherProject>? others) =>
        others is null
            ? ""
            : "; also here: "
                + string.Join(
                    ", ",
                    others.Take(10).Select(other => $"{Word(other.Ecosystem)}{(other.Folder.Length == 0 ? "" : $" in {other.Folder}")}")
                );

    private static string Word(Ecosystem ecosystem) => ecosystem.ToString().ToLowerInvariant();

    private static string Place(string? file, int? line, int? column) =>
        file is null ? "" : $"{file}{(line is null ? "" : $":{line}")}{(column is null ? "" : $":{column}")}: ";
}
