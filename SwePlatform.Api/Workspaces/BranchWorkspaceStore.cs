using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Workspaces;

internal sealed class BranchWorkspaceStore(
    IServiceScopeFactory scopes,
    Worktrees worktrees,
    WorktreeSnapshots snapshots,
    WorkspaceLocks locks,
    WorkspaceQuota quota,
    IOptions<WorkspaceOptions> options,
    TimeProvider time
) : IBranchWorkspaceStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<BranchWorkspace?> FindAsync(Guid projectId, string name, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>();
        var found = await data
            .Workspaces.Where(workspace => workspace.ProjectId == projectId && workspace.Name == name)
            .Select(workspace => new
            {
                workspace.Id,
                workspace.Name,
                workspace.Branch,
                workspace.LastUsedAt,
                workspace.Project.AllowNetwork,
            })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return null;
        }
        var now = time.GetUtcNow();
        if (now - found.LastUsedAt > TimeSpan.FromMinutes(1))
        {
            await data
                .Workspaces.Where(workspace => workspace.Id == found.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(workspace => workspace.LastUsedAt, now), cancellationToken);
        }
        var folder = WorkspaceFolders.Worktree(options.Value.Root, projectId, found.Id);
        return Directory.Exists(folder)
            ? new(found.Id, projectId, found.Name, found.Branch, folder, found.AllowNetwork)
            : throw RequestException.Conflict(
                $"The files of the workspace '{name}' are not on this server's disk. Use the server that made it, or delete it and make it anew."
            );
    }

    public Task<CommitId> SnapshotAsync(BranchWorkspace workspace, CancellationToken cancellationToken) =>
        snapshots.TakeAsync(workspace, complete: false, cancellationToken);

    public async Task<IAsyncDisposable> LockAsync(BranchWorkspace workspace, CancellationToken cancellationToken)
    {
        var turn = await locks.EnterAsync(workspace.LockFile(), cancellationToken);
        // It may have been deleted while this caller waited.
        if (!Directory.Exists(workspace.Folder))
        {
            await turn.DisposeAsync();
            throw new ToolException(ToolException.NotFound, $"The workspace '{workspace.Name}' has been deleted.");
        }
        return new WriteTurn(turn, quota, workspace);
    }

    public async Task CreateAsync(BranchWorkspace workspace, string commit, CancellationToken cancellationToken)
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

    public async Task DeleteAsync(BranchWorkspace workspace, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await using var turn = await locks.EnterAsync(workspace.LockFile(), patience.Token);
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

    public async Task<WorkspaceCommit?> CommitAsync(
        BranchWorkspace workspace,
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

    private sealed class WriteTurn(IAsyncDisposable turn, WorkspaceQuota quota, BranchWorkspace workspace) : IAsyncDisposable
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
