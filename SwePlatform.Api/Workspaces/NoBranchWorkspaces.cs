namespace SwePlatform.Api.Workspaces;

internal sealed class NoBranchWorkspaces : IBranchWorkspaceStore
{
    public Task<BranchWorkspace?> FindAsync(Guid projectId, string name, CancellationToken cancellationToken) => Task.FromResult<BranchWorkspace?>(null);
    public Task<CommitId> SnapshotAsync(BranchWorkspace workspace, CancellationToken cancellationToken) => throw new InvalidOperationException();
    public Task<IAsyncDisposable> LockAsync(BranchWorkspace workspace, CancellationToken cancellationToken) => throw new InvalidOperationException();
}
