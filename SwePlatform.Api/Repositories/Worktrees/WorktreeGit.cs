namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>A script that runs Git on the files of a workspace.</summary>
/// <param name="Script">For the shell. It finds the arguments as <c>$1</c> and so on.</param>
/// <param name="Arguments">Never part of the script, whatever they hold.</param>
/// <param name="Writable">The folders that it may write; all else is read-only.</param>
internal sealed record WorktreeCommand(Workspace Workspace, string Script, IReadOnlyList<string> Arguments, IReadOnlyList<string> Writable)
{
    public byte[]? Input { get; init; }

    /// <summary>The index to use instead of the workspace's own.</summary>
    public string? Index { get; init; }
}

/// <summary>What a script came to.</summary>
internal sealed record WorktreeResult(int ExitCode, byte[] Output, string Errors);

/// <summary>
/// Runs Git on files that untrusted programs wrote. Patterns in them can keep Git busy forever, so it runs where it can
/// harm nobody and with limits; that is the sandbox's part, which knows of workspaces, and not the other way round.
/// </summary>
internal interface IWorktreeGit
{
    Task<WorktreeResult> RunAsync(WorktreeCommand command, CancellationToken cancellationToken);
}
