namespace SwePlatform.Api.Workspaces;

/// <summary>A working copy of a project on a branch of its own, where tools may write.</summary>
/// <param name="Folder">The working copy: a Git worktree of the project's clone.</param>
internal sealed record BranchWorkspace(Guid Id, Guid ProjectId, string Name, string Branch, string Folder);

/// <summary>The branch workspaces on this replica's disk.</summary>
internal interface IBranchWorkspaceStore
{
    /// <summary>The workspace of that name, or null.</summary>
    Task<BranchWorkspace?> FindAsync(Guid projectId, string name, CancellationToken cancellationToken);

    /// <summary>
    /// The commit that the workspace is on, and the tree of its files as they are now, also what is not committed:
    /// with it, tools that only read work on a workspace as they do on a commit.
    /// </summary>
    Task<CommitId> SnapshotAsync(BranchWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Waits for the turn to write: one writer at a time in a workspace. Disposing the result ends the turn.</summary>
    Task<IAsyncDisposable> LockAsync(BranchWorkspace workspace, CancellationToken cancellationToken);
}
