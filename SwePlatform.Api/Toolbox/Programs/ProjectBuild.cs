using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Programs;

internal sealed record ProjectBuildArguments(
    [property: Description("Folder of the project; the nearest to the root if absent.")] string? Path = null,
    [property:
        Description("What to build: a project file (.NET), package (Rust, Go), goal or task (Java), script (Node); all if absent."),
        StringLength(1000, MinimumLength = 1)
    ]
        string? Target = null,
    [property: Description("The kind of project, where a folder has several.")] Ecosystem? Ecosystem = null,
    [property: Description("After this time it is ended."), Range(1, ProcessRun.MaxSeconds)] int TimeoutSeconds = 600
);

/// <param name="Output">The end of what it printed.</param>
/// <param name="Stopped">Why it was ended before its own end, if it was.</param>
/// <param name="Others">Projects of other kinds in this repository.</param>
internal sealed record ProjectBuildResult(
    Ecosystem Ecosystem,
    string Folder,
    IReadOnlyList<string> Command,
    bool Success,
    int ExitCode,
    IReadOnlyList<BuildError> Errors,
    string Output,
    bool Truncated,
    long DurationMs,
    StopReason? Stopped,
    IReadOnlyList<OtherProject>? Others
) : IHasOutcome
{
    (bool Passed, string? Text) IHasOutcome.Outcome =>
        Success ? (true, null)
        : Stopped is null && Errors.Count > 0 ? (false, ProgramVerdict.Errors(Errors.Count))
        : (false, ProgramVerdict.Of(ExitCode, Stopped).Text);
}

internal sealed class ProjectBuild(ProjectRuns runs) : Tool<ProjectBuildArguments, ProjectBuildResult>
{
    public override string Name => "project.build";
    public override string Title => "Build";
    public override string Description =>
        "Builds a .NET, Node, Python, Go, Rust or Java project in a workspace as its kind is usually built, and "
        + "returns the errors with file and line. Runs sandboxed, without network.";
    public override string Brief => "Builds; returns errors. target: file, package, task or script.";
    public override ToolAnnotations Annotations => ToolAnnotations.Runner;
    public override TimeSpan TimeLimit => TimeSpan.FromSeconds(ProcessRun.MaxSeconds + 30);

    protected override void Check(ProjectBuildArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);
        problems.Add(
            "target",
            arguments.Target is { } target && (target[0] == '-' || target.Any(char.IsControl)) ? "A target is a name, not an option." : null
        );
    }

    protected override Listing Show(ProjectBuildResult result)
    {
        var verdict = result.Success
            ? $"build passed in {Shown.Seconds(result.DurationMs)}"
            : $"build failed: {((IHasOutcome)result).Outcome.Text}";
        var output = new OutputLines([("stdout", result.Output)]);
        var errors = result.Errors.Count;
        return new(
            $"{verdict} ({ProgramLines.Command(result.Ecosystem, result.Folder, result.Command)})" + ProgramLines.Also(result.Others),
            [.. result.Errors.Select(error => new ListingItem(ProgramLines.Write(error))), .. output.Items],
            (start, end) =>
                result with
                {
                    Errors = [.. result.Errors.Take(start..end).Select(ProgramLines.Cut)],
                    Output = output.Text("stdout", Math.Max(0, start - errors), Math.Max(0, end - errors)),
                    Command = ProgramLines.Cut(result.Command),
                }
        )
        {
            // Errors that were found say all that the output does.
            AtFirst =
                result.Success ? 0
                : errors > 0 ? errors
                : null,
            FromEnd = !result.Success && errors == 0,
        };
    }

    protected override async Task<ProjectBuildResult> RunAsync(
        ProjectBuildArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var project = ProjectKind.Find(context.Workspace!, arguments.Path, arguments.Ecosystem);
        var command = ProjectCommands.Build(project, context.Workspace!, arguments.Target);
        var result = await runs.RunAsync(
            project,
            command,
            context,
            TimeSpan.FromSeconds(arguments.TimeoutSeconds),
            null,
            cancellationToken
        );
        var errors = result.Success ? [] : BuildErrors.Read($"{result.Stdout}\n{result.Stderr}", cancellationToken);
        return new(
            project.Ecosystem,
            project.Folder,
            command,
            result.Success,
            result.ExitCode,
            [.. errors.Select(new SourceFiles(context.Workspace!, project).Locate)],
            ProjectRuns.Tail(result),
            result.Truncated,
            (long)result.Duration.TotalMilliseconds,
            result.Stopped,
            project.OthersOrNull
        );
    }
}
