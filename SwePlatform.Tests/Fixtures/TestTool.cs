using System.ComponentModel;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Tests.Fixtures;

internal sealed record TestToolArguments(
    [property: Description("Path of a signal: the tool notes each run in <file>.runs, and ends once <file>.go is there.")] string File,
    [property: Description("Fail instead of returning a result.")] bool Fail = false,
    [property: Description("Return a result that says of itself that it is a bad one.")] bool Bad = false
);

internal sealed record TestToolResult(int Runs, bool Bad) : IHasOutcome
{
    (bool Passed, string? Text) IHasOutcome.Outcome => Bad ? (false, "naïve: 1 of 2") : (true, null);
}

/// <summary>A tool that takes as long as a test wants, and keeps count of its runs, on whichever replica they are.</summary>
internal class TestTool : Tool<TestToolArguments, TestToolResult>
{
    public override string Name => "test.wait";
    public override string Title => "Wait";
    public override string Description => "Waits for a signal.";
    public override TimeSpan TimeLimit => TimeSpan.FromMinutes(10);

    protected override async Task<TestToolResult> RunAsync(
        TestToolArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        await File.AppendAllTextAsync($"{arguments.File}.runs", "run\n", cancellationToken);
        context.Output.Write("stdout", "started\n");
        while (!File.Exists($"{arguments.File}.go"))
        {
            await Task.Delay(10, cancellationToken);
        }
        context.Output.Write("stdout", "ended\n");
        return arguments.Fail
            ? throw new ToolException("test", "As was asked.")
            : new(File.ReadAllLines($"{arguments.File}.runs").Length, arguments.Bad);
    }
}

/// <summary>The same, but not to be repeated.</summary>
internal sealed class UnrepeatableTestTool : TestTool
{
    public override string Name => "test.once";
    public override ToolAnnotations Annotations => new(ReadOnly: true, Idempotent: false, Cacheable: false, Sandboxed: false);
}
