using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

/// <summary>Why a program was ended before its own end.</summary>
public enum StopReason
{
    TimeLimit,
    MemoryLimit,
    ProcessLimit,
    DiskLimit,
}

/// <summary>A program to run in a workspace.</summary>
internal sealed record ProgramRequest(Workspace Workspace, IReadOnlyList<string> Command, TimeSpan TimeLimit)
{
    public string? Input { get; init; }

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A folder of the host that the program sees as <see cref="SandboxPlan.Results"/>.</summary>
    public string? ResultsFolder { get; init; }

    public ILiveOutput Output { get; init; } = NoLiveOutput.Instance;

    /// <summary>No file may grow: the workspace is full, and the program is to make room.</summary>
    public bool DeleteOnly { get; init; }
}

/// <summary>What came of a program.</summary>
/// <param name="ExitCode">As the program or, if it was stopped, the kernel set it.</param>
/// <param name="Truncated">Whether it printed more than is here.</param>
internal sealed record ProgramResult(int ExitCode, string Stdout, string Stderr, bool Truncated, StopReason? Stopped, TimeSpan Duration)
{
    public bool Success => ExitCode == 0 && Stopped is null;
}
