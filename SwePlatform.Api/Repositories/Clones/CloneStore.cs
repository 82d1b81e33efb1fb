using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Repositories.Clones;

/// <summary>What a clone or fetch found.</summary>
internal sealed record FetchResult(string DefaultBranch, CommitId Head);

/// <summary>
/// The clones of projects on this replica's disk, and the snapshots made of them. Nothing in it is precious: each
/// can be made again from the project's repository.
/// </summary>
internal sealed class CloneStore(
    GitProcess git,
    GitBatches batches,
    CloneFetch fetch,
    SnapshotCache snapshots,
    IMemoryCache cache,
    IOptions<WorkspaceOptions> options
)
{
    /// <summary>The clone of a project, whether it is on this disk or not: its calls say so.</summary>
    public Clone Of(Guid projectId) => new(projectId, GitDir(projectId), git, batches, snapshots, cache);

    /// <summary>Clones the repository, or brings an existing clone up to date. Safe to repeat.</summary>
    public async Task<FetchResult> FetchAsync(
        Guid projectId,
        string repositoryUrl,
        string? defaultBranch,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.FetchTimeout);
        var gitDir = GitDir(projectId);
        try
        {
            var result = await fetch.FetchAsync(gitDir, repositoryUrl, defaultBranch, timeout.Token);
            // Those that run keep to where the history of a shallow clone ended when they started.
            batches.Close(gitDir);
            // The first search of a person should not be the one that waits for this.
            using var lease = await snapshots.OpenAsync(projectId, gitDir, result.Head.Tree, timeout.Token);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitException(
                $"The repository could not be fetched within {options.Value.FetchTimeout.TotalMinutes:0} minutes (Workspaces:FetchTimeout)."
            );
        }
    }

    /// <summary>Removes the clone and everything made of it.</summary>
    public void Delete(Guid projectId)
    {
        var gitDir = GitDir(projectId);
        snapshots.Close(projectId);
        batches.Close(gitDir);
        FolderTree.Delete(Path.GetDirectoryName(gitDir)!);
    }

    private string GitDir(Guid projectId) => WorkspaceFolders.GitDir(options.Value.Root, projectId);
}
