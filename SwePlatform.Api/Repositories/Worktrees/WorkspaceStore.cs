using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>The branch workspaces on this replica's disk.</summary>
internal sealed class WorkspaceStore(GitWorktrees worktrees, WorktreeSnapshots snapshots, WorkspaceLocks locks, WorkspaceQuota quota)
{
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The commit that the workspace is on, and the tree of its files as they are now, also what is not committed:
    /// with it, tools that only read work on a workspace as they do on a commit.
    /// </summary>
    public Task<CommitId> SnapshotAsync(Workspace workspace, CancellationToken cancellationToken) =>
        snapshots.TakeAsync(workspace, complete: false, cancellationToken);

    /// <summary>Waits for the turn to write: one writer at a time in a workspace. Disposing the result ends the turn.</summary>
    public async Task<IAsyncDisposable> LockAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        var turn = await locks.EnterAsync(workspace.LockFile(), cancellationToken);
        // It may have been deleted while this caller waited.
        if (!Directory.Exists(workspace.Folder))
        {
            await turn.DisposeAsync();
            throw RequestException.NotFound($"The workspace '{workspace.Name}' has been deleted.");
        }
        return new WriteTurn(turn, quota, workspace);
    }

    /// <summary>Makes the working copy of a new workspace.</summary>
    public async Task CreateAsync(Workspace workspace, string commit, CancellationToken cancellationToken)
    {
        try
        {
            await worktrees.AddAsync(workspace, commit, cancellationToken);
        }
        catch
        {
            await worktrees.RemoveAsync(workspace, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Removes the working copy and the branch, once the turn to write has come.</summary>
    public async Task DeleteAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(DeleteTimeout);
        try
        {
            await using var turn = await locks.EnterAsync(workspace.LockFile(), timeout.Token);
            await worktrees.RemoveAsync(workspace, CancellationToken.None);
            quota.Forget(workspace.Id);
            File.Delete(workspace.LockFile());
            File.Delete(workspace.LockFile() + ".snapshot");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RequestException.Conflict(
                $"A tool is running in the workspace '{workspace.Name}'. Cancel it, or wait for its end, and delete again."
            );
        }
    }

    /// <summary>Commits all files as they are now. The caller has the turn to write.</summary>
    /// <returns>The new commit, or null if there is nothing to commit.</returns>
    public async Task<WorkspaceCommit?> CommitAsync(
        Workspace workspace,
        string message,
        GitIdentity author,
        CancellationToken cancellationToken
    )
    {
        var now = await snapshots.TakeAsync(workspace, complete: true, cancellationToken);
        if (now.Tree == await worktrees.TreeAsync(workspace, now.Commit, cancellationToken))
        {
            return null;
        }
        return new(new(await worktrees.CommitAsync(workspace, now, message, author, cancellationToken), now.Tree), now.Commit);
    }

    private sealed class WriteTurn(IAsyncDisposable turn, WorkspaceQuota quota, Workspace workspace) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await Task.Run(() => quota.Measure(workspace));
            }
            finally
            {
                await turn.DisposeAsync();
            }
        }
    }
}
