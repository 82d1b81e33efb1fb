namespace SwePlatform.Api.Toolbox.Programs;

internal sealed record TestCounts(int Total, int Passed, int Failed, int Skipped);

/// <param name="File">Where it failed, if the stack says so: a path in the repository.</param>
internal sealed record TestFailure(string Name, string Message, string? Stack = null, string? File = null, int? Line = null);

/// <summary>What a test run said about itself.</summary>
internal sealed record TestReport(TestCounts Counts, IReadOnlyList<TestFailure> Failures)
{
    private const int MaxMessage = 4 * 1024;
    private const int MaxHeadLines = 12;
    private const int MaxStack = 16 * 1024;
    private const int MaxName = 2 * 1024;

    public static TestReport? Merge(IReadOnlyList<TestReport> reports) =>
        reports.Count == 0
            ? null
            : new(
                new(
                    reports.Sum(report => report.Counts.Total),
                    reports.Sum(report => report.Counts.Passed),
                    reports.Sum(report => report.Counts.Failed),
                    reports.Sum(report => report.Counts.Skipped)
                ),
                [.. reports.SelectMany(report => report.Failures).Take(TestTally.MaxFailures)]
            );

    /// <summary>A failure with its place, cut to a size that somebody reads.</summary>
    public static TestFailure Failure(string name, string? message, string? stack)
    {
        var (file, line) = SourcePlace.Find(stack ?? message ?? "");
        return new(
            Cut(name, MaxName),
            Cut((message ?? "").Trim(), MaxMessage),
            string.IsNullOrWhiteSpace(stack) ? null : Cut(stack.Trim('\n', '\r'), MaxStack),
            file,
            line
        );
    }

    /// <summary>The beginning of a failure's text, up to its stack or the difference that is drawn below it.</summary>
    public static string Head(string text) =>
        string.Join(
                '\n',
                text.Trim()
                    .Split('\n')
                    .Take(MaxHeadLines)
                    .TakeWhile(line =>
                        !line.TrimStart().StartsWith("at ", StringComparison.Ordinal)
                        && !line.Contains("+ expected - actual", StringComparison.Ordinal)
                    )
            )
            .Trim();

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + "…";
}
