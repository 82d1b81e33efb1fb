using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>
/// How much disk workspaces take. Measured after whatever wrote to one, so that the next writer knows without waiting.
/// </summary>
internal sealed class WorkspaceQuota(IOptions<WorkspaceOptions> options)
{
    private readonly ConcurrentDictionary<Guid, FolderUse> _measured = new();

    /// <summary>Measures anew; run off the request's path for large workspaces.</summary>
    public FolderUse Measure(Workspace workspace) =>
        _measured[workspace.Id] = FolderTree.Measure(workspace.Folder) + FolderTree.Measure(workspace.Home());

    public bool IsTooMuch(FolderUse use) => use.Bytes > options.Value.MaxWorkspaceBytes || use.Entries > options.Value.MaxWorkspaceFiles;

    public bool IsFull(Workspace workspace) => IsTooMuch(Used(workspace));

    /// <summary>Null, or why nothing more may be written.</summary>
    public string? Problem(Workspace workspace)
    {
        var use = Used(workspace);
        const string advice = "Delete files in it with process.run, such as [\"rm\", \"-rf\", \"build\"], or delete the workspace.";
        return !IsTooMuch(use) ? null
            : use.Bytes > options.Value.MaxWorkspaceBytes
                ? $"The workspace '{workspace.Name}' takes {Megabytes(use.Bytes)} MiB, and "
                    + $"{Megabytes(options.Value.MaxWorkspaceBytes)} MiB are allowed (Workspaces:MaxWorkspaceBytes). {advice}"
            : $"The workspace '{workspace.Name}' has {use.Entries} files and folders, and {options.Value.MaxWorkspaceFiles} "
                + $"are allowed (Workspaces:MaxWorkspaceFiles). {advice}";
    }

    public void Forget(Guid workspaceId) => _measured.TryRemove(workspaceId, out _);

    private FolderUse Used(Workspace workspace) => _measured.TryGetValue(workspace.Id, out var use) ? use : Measure(workspace);

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;
}
