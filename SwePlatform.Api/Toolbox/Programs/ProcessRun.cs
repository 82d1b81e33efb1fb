using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Programs;

internal sealed record ProcessRunArguments(
    [property:
        Description("The program and its arguments, one string each. There is no shell: for one, run [\"sh\", \"-c\", \"…\"]."),
        MinLength(1),
        MaxLength(1000)
    ]
        IReadOnlyList<string> Command,
    [property: Description("After this time it is ended."), Range(1, ProcessRun.MaxSeconds)] int TimeoutSeconds = 60,
    [property: Description("What the program reads from its standard input.")] string? Stdin = null
);

/// <param name="Truncated">Whether a stream had more than 1 MiB, and the rest of it is missing.</param>
/// <param name="Stopped">Why it was ended before its own end, if it was.</param>
internal sealed record ProcessRunResult(int ExitCode, string Stdout, string Stderr, bool Truncated, long DurationMs, StopReason? Stopped)
    : IHasOutcome
{
    (bool Passed, string? Text) IHasOutcome.Outcome => ProgramVerdict.Of(ExitCode, Stopped);
}

internal sealed class ProcessRun(ProgramRunner programs, WorkspaceQuota quota) : Tool<ProcessRunArguments, ProcessRunResult>
{
    public const int MaxSeconds = 1800;

    public override string Name => "process.run";
    public override string Title => "Run a program";
    public override string Description =>
        "Runs a program in a workspace, sandboxed: it sees the workspace and the system's programs, has no network, "
        + "and everything it started ends with it. A full workspace lets programs delete files, not write them.";
    public override string Brief => "Runs a program, sandboxed, no network, no shell unless named: sh -c.";
    public override ToolAnnotations Annotations => ToolAnnotations.Runner;
    public override TimeSpan TimeLimit => TimeSpan.FromSeconds(MaxSeconds + 30);

    protected override void Check(ProcessRunArguments arguments, ArgumentProblems problems)
    {
        problems.Add(
            "command",
            arguments.Command.Any(part => part.Contains('\0', StringComparison.Ordinal)) ? "Arguments have no null characters."
                : arguments.Command[0].Length == 0 ? "Name a program."
                : null
        );
    }

    protected override Listing Show(ProcessRunResult result)
    {
        var output = new OutputLines([("stdout", result.Stdout), ("stderr", result.Stderr)]);
        var verdict = result.Stopped is null ? $"exit {result.ExitCode}" : ProgramVerdict.Of(result.ExitCode, result.Stopped).Text;
        return new(
            $"{verdict} in {Shown.Seconds(result.DurationMs)}" + (output.Items.Count == 0 ? ", no output" : ""),
            output.Items,
            (start, end) =>
                result with
                {
                    Stdout = output.Text("stdout", start, end),
                    Stderr = output.Text("stderr", start, end),
                    Truncated = result.Truncated || end - start < output.Items.Count,
                }
        )
        {
            FromEnd = true,
            Advice = result.Truncated ? "It printed more than is kept" : null,
        };
    }

    protected override async Task<ProcessRunResult> RunAsync(
        ProcessRunArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var result = await programs.RunAsync(
            new(context.Workspace!, arguments.Command, TimeSpan.FromSeconds(arguments.TimeoutSeconds))
            {
                Input = arguments.Stdin,
                Output = context.Output,
                DeleteOnly = quota.IsFull(context.Workspace!),
            },
            cancellationToken
        );
        return new(
            result.ExitCode,
            result.Stdout,
            result.Stderr,
            result.Truncated,
            (long)result.Duration.TotalMilliseconds,
            result.Stopped
        );
    }
}
