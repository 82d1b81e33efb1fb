using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Programs;

internal sealed record ProjectTestArguments(
    [property: Description("Folder of the project; the nearest to the root if absent.")] string? Path = null,
    [property: Description("Run only these tests: an expression of the project's own test runner."), StringLength(1000, MinimumLength = 1)]
        string? Filter = null,
    [property: Description("The kind of project, where a folder has several.")] Ecosystem? Ecosystem = null,
    [property: Description("After this time it is ended."), Range(1, ProcessRun.MaxSeconds)] int TimeoutSeconds = 900
);

/// <param name="Counts">Null if the runner left no report that can be read; then the output tells.</param>
/// <param name="Errors">Why the project does not even build.</param>
/// <param name="Output">The end of what it printed.</param>
/// <param name="Stopped">Why it was ended before its own end, if it was.</param>
/// <param name="Others">Projects of other kinds in this repository.</param>
internal sealed record ProjectTestResult(
    Ecosystem Ecosystem,
    string Folder,
    IReadOnlyList<string> Command,
    bool Success,
    int ExitCode,
    TestCounts? Counts,
    IReadOnlyList<TestFailure> Failures,
    bool FailuresTruncated,
    IReadOnlyList<BuildError> Errors,
    string Output,
    bool Truncated,
    long DurationMs,
    StopReason? Stopped,
    IReadOnlyList<OtherProject>? Others
) : IHasOutcome
{
    (bool Passed, string? Text) IHasOutcome.Outcome =>
        Success && Counts is not { Failed: > 0 } ? (true, null)
        : Stopped is null && Counts is { Failed: > 0 } counts ? (false, $"{counts.Failed} of {counts.Total} failed")
        : Stopped is null && Errors.Count > 0 ? (false, ProgramVerdict.Errors(Errors.Count))
        : (false, ProgramVerdict.Of(ExitCode, Stopped).Text);
}

internal sealed class ProjectTest(ProjectRuns runs, TimeProvider time) : Tool<ProjectTestArguments, ProjectTestResult>
{
    private const int MaxFailures = 100;

    public override string Name => "project.test";
    public override string Title => "Test";
    public override string Description =>
        "Runs the tests of a .NET, Node, Python, Go, Rust or Java project in a workspace, and returns counts and the "
        + "failing tests with message and place. Runs sandboxed, without network.";
    public override string Brief => "Runs tests; returns failures. filter: as the test runner takes it.";
    public override ToolAnnotations Annotations => ToolAnnotations.Runner;
    public override TimeSpan TimeLimit => TimeSpan.FromSeconds(ProcessRun.MaxSeconds + 30);

    protected override void Check(ProjectTestArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);
        problems.Add(
            "filter",
            arguments.Filter is { } filter && (filter[0] == '-' || filter.Any(char.IsControl))
                ? "A filter is an expression, not an option."
                : null
        );
    }

    protected override Listing Show(ProjectTestResult result)
    {
        var output = new OutputLines([("stdout", result.Output)]);
        var (failures, told) = (result.Failures.Count, result.Failures.Count + result.Errors.Count);
        return new(
            ProgramLines.Verdict(result),
            [
                .. result.Failures.Select(failure => new ListingItem(ProgramLines.Write(failure))),
                .. result.Errors.Select(error => new ListingItem(ProgramLines.Write(error))),
                .. output.Items,
            ],
            (start, end) =>
                result with
                {
                    Failures = [.. result.Failures.Take(start..end).Select(ProgramLines.Cut)],
                    Errors = [.. result.Errors.Take(Math.Max(0, start - failures)..Math.Max(0, end - failures)).Select(ProgramLines.Cut)],
                    Output = output.Text("stdout", Math.Max(0, start - told), Math.Max(0, end - told)),
                    Command = ProgramLines.Cut(result.Command),
                }
        )
        {
            AtFirst =
                ((IHasOutcome)result).Outcome.Passed ? 0
                : told > 0 ? told
                : null,
            FromEnd = !((IHasOutcome)result).Outcome.Passed && told == 0,
            Noun = "failures and lines",
        };
    }

    protected override async Task<ProjectTestResult> RunAsync(
        ProjectTestArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        var project = ProjectKind.Find(workspace, arguments.Path, arguments.Ecosystem);
        var pytest = project.Ecosystem == Ecosystem.Python ? await runs.FindPytestAsync(project, context, cancellationToken) : null;
        var command = ProjectCommands.Test(project, workspace, arguments.Filter, pytest);
        var results = Directory.CreateTempSubdirectory("swe-results-").FullName;
        try
        {
            var since = time.GetUtcNow().UtcDateTime;
            var result = await runs.RunAsync(
                project,
                command,
                context,
                TimeSpan.FromSeconds(arguments.TimeoutSeconds),
                results,
                cancellationToken,
                ProjectCommands.TestEnvironment(project, workspace, pytest)
            );
            var text = ReportFiles.ReadOutput(results) ?? (result.Truncated ? null : result.Stdout);
            var report = ReadReport(project, workspace, results, since, text, result, cancellationToken);
            if (
                project.Ecosystem == Ecosystem.Python
                && pytest is null
                && (report is null or { Counts.Total: 0 } || result.Stderr.Contains("No module named 'pytest'", StringComparison.Ordinal))
            )
            {
                throw new ToolException(
                    ToolException.Unsupported,
                    "unittest finds no tests that it can run here, and pytest is not installed. Install it on the server "
                        + "(Debian: python3-pytest), or into the workspace with process.run: python3 -m venv .venv, then .venv/bin/pip "
                        + "install pytest, which needs the project's setting 'allowNetwork'."
                );
            }
            if (project.Ecosystem == Ecosystem.Go)
            {
                result = result with { Stdout = TextReports.GoOutput(result.Stdout) };
            }
            var places = new SourceFiles(workspace, project);
            var failures = report?.Failures ?? [];
            // A report of failures says more than compilers that happen to have printed something.
            var errors =
                result.Success || failures.Count > 0 ? [] : BuildErrors.Read($"{result.Stdout}\n{result.Stderr}", cancellationToken);
            return new(
                project.Ecosystem,
                project.Folder,
                command,
                result.Success,
                result.ExitCode,
                report?.Counts,
                [.. failures.Take(MaxFailures).Select(places.Locate)],
                failures.Count > MaxFailures,
                [.. errors.Select(places.Locate)],
                ProjectRuns.Tail(result),
                result.Truncated,
                (long)result.Duration.TotalMilliseconds,
                result.Stopped,
                project.OthersOrNull
            );
        }
        finally
        {
            FolderTree.Delete(results);
        }
    }

    private static TestReport? ReadReport(
        FoundProject project,
        Workspace workspace,
        string results,
        DateTime since,
        string? text,
        ProgramResult result,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return ReportFiles.Read(project, workspace, results, since, cancellationToken)
                ?? project.Ecosystem switch
                {
                    Ecosystem.Python => TextReports.ReadUnittest(result.Stderr, cancellationToken),
                    Ecosystem.Go when text is not null => TextReports.ReadGo(text, cancellationToken),
                    Ecosystem.Rust when text is not null => TextReports.ReadCargo(text, cancellationToken),
                    _ => null,
                };
        }
        catch (RegexMatchTimeoutException)
        {
            // Text made to be hard to read is no report, and the rest of the result is as good as ever.
            return null;
        }
    }
}
