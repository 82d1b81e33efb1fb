using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Workspaces;

/// <summary>A commit, and the tree it stands for.</summary>
internal sealed record CommitId(string Commit, string Tree);

/// <summary>What a clone or fetch found.</summary>
internal sealed record FetchResult(string DefaultBranch, CommitId Head);

/// <summary>
/// The clones of projects on this replica's disk, and the snapshots made of them. Nothing in it is precious: each
/// can be made again from the project's repository.
/// </summary>
internal interface IWorkspaceStore
{
    /// <summary>Clones the repository, or brings an existing clone up to date. Safe to repeat.</summary>
    Task<FetchResult> FetchAsync(Guid projectId, string repositoryUrl, string? defaultBranch, CancellationToken cancellationToken);

    /// <summary>The commit that a ref names, or null.</summary>
    Task<CommitId?> ResolveAsync(Guid projectId, string name, CancellationToken cancellationToken);

    /// <summary>Opens the files of a tree.</summary>
    Task<SnapshotLease> OpenAsync(Guid projectId, string tree, CancellationToken cancellationToken);

    /// <summary>The commit that a ref names, as Git stores it, or null.</summary>
    Task<GitObject?> FindCommitAsync(Guid projectId, string name, CancellationToken cancellationToken);

    /// <summary>History as <c>git log</c> lists it; null if only Git itself can tell.</summary>
    Task<List<GitObject>?> ListCommitsAsync(Guid projectId, HistoryQuestion question, CancellationToken cancellationToken);

    /// <summary>Branches and tags as they are now.</summary>
    ReferenceList ListReferences(Guid projectId);

    /// <summary>Commits and tags by their names; null for those that are neither.</summary>
    Task<List<GitObject?>> ReadObjectsAsync(Guid projectId, IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>What differs between two trees.</summary>
    /// <exception cref="TooManyDifferencesException">The list of files alone is too long.</exception>
    Task<TreeDifference> CompareAsync(Guid projectId, TreeQuestion question, CancellationToken cancellationToken);

    /// <summary>Runs a Git command that only reads on the project's clone.</summary>
    Task<GitOutput> GitAsync(Guid projectId, IEnumerable<string> arguments, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Removes the clone and everything made of it.</summary>
    Task DeleteAsync(Guid projectId, CancellationToken cancellationToken);
}

internal sealed class WorkspaceStore(
    GitProcess git,
    GitBatches batches,
    RepositoryClone clone,
    SnapshotCache snapshots,
    IMemoryCache cache,
    IOptions<WorkspaceOptions> options
) : IWorkspaceStore
{
    public async Task<FetchResult> FetchAsync(
        Guid projectId,
        string repositoryUrl,
        string? defaultBranch,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.FetchTimeout);
        try
        {
            var result = await clone.FetchAsync(GitDir(projectId), repositoryUrl, defaultBranch, timeout.Token);
            // Those that run keep to where the history of a shallow clone ended when they started.
            batches.Close(GitDir(projectId));
            // The first search of a person should not be the one that waits for this.
            using var lease = await snapshots.OpenAsync(projectId, GitDir(projectId), result.Head.Tree, timeout.Token);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitException(
                $"The repository could not be fetched within {options.Value.FetchTimeout.TotalMinutes:0} minutes (Workspaces:FetchTimeout)."
            );
        }
    }

    public async Task<CommitId?> ResolveAsync(Guid projectId, string name, CancellationToken cancellationToken)
    {
        // Only a full id always names the same commit.
        var permanent = GitRef.IsFullId(name);
        if (permanent && cache.TryGetValue((projectId, name), out CommitId? known))
        {
            return known;
        }
        GitObject? commit;
        try
        {
            commit = await FindCommitAsync(projectId, name, cancellationToken);
        }
        catch (GitException)
        {
            return null;
        }
        if (commit is null)
        {
            return null;
        }
        var found = new CommitId(commit.Id, commit.Tree);
        return permanent
            ? cache.Set(
                (projectId, name),
                found,
                new MemoryCacheEntryOptions { Size = 512, AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) }
            )
            : found;
    }

    public Task<GitObject?> FindCommitAsync(Guid projectId, string name, CancellationToken cancellationToken) =>
        batches.AskAsync(GitDir(projectId), GitBatchKind.Objects, batch => GitObjects.Find(batch, name), cancellationToken);

    // The history of a shallow clone ends where Git says, not where the commits say.
    public async Task<List<GitObject>?> ListCommitsAsync(Guid projectId, HistoryQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            return File.Exists(Path.Combine(GitDir(projectId), "shallow"))
                ? null
                : await batches.AskAsync(
                    GitDir(projectId),
                    GitBatchKind.Objects,
                    batch => HistoryWalk.Walk(batch, question),
                    cancellationToken
                );
        }
        catch (GitException) when (question.IsFiltered)
        {
            // Too large was what is read ahead, most of which is not in the answer.
            return null;
        }
    }

    public ReferenceList ListReferences(Guid projectId)
    {
        GitProcess.CheckExists(GitDir(projectId));
        return References.Read(GitDir(projectId));
    }

    public Task<List<GitObject?>> ReadObjectsAsync(
        Guid projectId,
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    ) => batches.AskAsync(GitDir(projectId), GitBatchKind.Objects, batch => GitObjects.ReadAll(batch, names), cancellationToken);

    public Task<TreeDifference> CompareAsync(Guid projectId, TreeQuestion question, CancellationToken cancellationToken) =>
        question.Usual
            ? batches.AskAsync(
                GitDir(projectId),
                GitBatchKind.Differences,
                batch => TreeComparison.Compare(batch, question),
                cancellationToken
            )
            : TreeComparison.CompareAsync(git, GitDir(projectId), question, cancellationToken);

    public Task<SnapshotLease> OpenAsync(Guid projectId, string tree, CancellationToken cancellationToken) =>
        snapshots.OpenAsync(projectId, GitDir(projectId), tree, cancellationToken);

    public Task<GitOutput> GitAsync(Guid projectId, IEnumerable<string> arguments, int maxBytes, CancellationToken cancellationToken) =>
        git.RunAsync(GitDir(projectId), arguments, cancellationToken, maxBytes);

    public Task DeleteAsync(Guid projectId, CancellationToken cancellationToken)
    {
        snapshots.Close(projectId);
        batches.Close(GitDir(projectId));
        FolderTree.Delete(Path.GetDirectoryName(GitDir(projectId))!);
        return Task.CompletedTask;
    }

    private string GitDir(Guid projectId) => WorkspaceFolders.GitDir(options.Value.Root, projectId);
}
