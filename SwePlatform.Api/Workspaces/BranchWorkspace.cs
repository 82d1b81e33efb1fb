namespace SwePlatform.Api.Workspaces;

/// <summary>A working copy of a project on a branch of its own, where tools may write.</summary>
/// <param name="Branch">Its name as a ref, such as <c>swe/fix-login</c>: other tools find the branch by it.</param>
/// <param name="Folder">The working copy: a Git worktree of the project's clone.</param>
/// <param name="AllowNetwork">Whether programs that run in it reach the network.</param>
internal sealed record BranchWorkspace(Guid Id, Guid ProjectId, string Name, string Branch, string Folder, bool AllowNetwork = false);

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

    /// <summary>Makes the working copy of a new workspace.</summary>
    Task CreateAsync(BranchWorkspace workspace, string commit, CancellationToken cancellationToken);

    /// <summary>Removes the working copy and the branch, once the turn to write has come.</summary>
    Task DeleteAsync(BranchWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Commits all files as they are now. The caller has the turn to write.</summary>
    /// <returns>The new commit, or null if there is nothing to commit.</returns>
    Task<WorkspaceCommit?> CommitAsync(BranchWorkspace workspace, string message, GitIdentity author, CancellationToken cancellationToken);
}

/// <summary>Who a commit is by.</summary>
internal sealed record GitIdentity(string Name, string Email);

/// <summary>A commit that was made in a workspace.</summary>
internal sealed record WorkspaceCommit(CommitId Id, string Parent);
