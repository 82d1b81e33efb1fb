using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Workspaces;

/// <summary>
/// How much disk workspaces take. Measured after whatever wrote to one, so that the next writer knows without waiting.
/// </summary>
internal sealed class WorkspaceQuota(IOptions<WorkspaceOptions> options)
{
    private readonly ConcurrentDictionary<Guid, long> _measured = new();

    public long Limit => options.Value.MaxWorkspaceBytes;

    /// <summary>Measures anew; run off the request's path for large workspaces.</summary>
    public long Measure(BranchWorkspace workspace) =>
        _measured[workspace.Id] = FolderTree.Measure(workspace.Folder) + FolderTree.Measure(workspace.Home());

    public long Used(BranchWorkspace workspace) => _measured.TryGetValue(workspace.Id, out var bytes) ? bytes : Measure(workspace);

    public bool IsFull(BranchWorkspace workspace) => Used(workspace) > Limit;

    /// <summary>Null, or why nothing more may be written.</summary>
    public string? Problem(BranchWorkspace workspace) => IsFull(workspace)
        ? $"The workspace '{workspace.Name}' takes {Megabytes(Used(workspace))} MiB, and {Megabytes(Limit)} MiB are allowed (Workspaces:MaxWorkspaceBytes). Delete files in it with process.run, such as [\"rm\", \"-rf\", \"build\"], or delete the workspace."
        : null;

    public void Forget(Guid workspaceId) => _measured.TryRemove(workspaceId, out _);

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;
}
