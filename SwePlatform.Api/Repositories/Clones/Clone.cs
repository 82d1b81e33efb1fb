using Microsoft.Extensions.Caching.Memory;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;

namespace SwePlatform.Api.Repositories.Clones;

/// <summary>One project's clone on this replica's disk, to read from.</summary>
internal sealed class Clone(Guid projectId, string gitDir, GitProcess git, GitBatches batches, SnapshotCache snapshots, IMemoryCache cache)
{
    public Guid ProjectId { get; } = projectId;

    /// <summary>The commit that a ref names, or null.</summary>
    public async Task<CommitId?> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        // Only a full id always names the same commit.
        var permanent = GitRef.IsFullId(name);
        if (permanent && cache.TryGetValue((ProjectId, name), out CommitId? known))
        {
            return known;
        }
        GitObject? commit;
        try
        {
            commit = await FindCommitAsync(name, cancellationToken);
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
                (ProjectId, name),
                found,
                new MemoryCacheEntryOptions { Size = 512, AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) }
            )
            : found;
    }

    /// <summary>Opens the files of a tree.</summary>
    public Task<SnapshotLease> OpenAsync(string tree, CancellationToken cancellationToken) =>
        snapshots.OpenAsync(ProjectId, gitDir, tree, cancellationToken);

    /// <summary>The commit that a ref names, as Git stores it, or null.</summary>
    public Task<GitObject?> FindCommitAsync(string name, CancellationToken cancellationToken) =>
        batches.QueryAsync(gitDir, GitBatchKind.Objects, batch => GitObjects.Find(batch, name), cancellationToken);

    /// <summary>History as <c>git log</c> lists it; null if only Git itself can tell.</summary>
    public async Task<List<GitObject>?> ListCommitsAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        try
        {
            // The history of a shallow clone ends where Git says, not where the commits say.
            return File.Exists(Path.Combine(gitDir, "shallow"))
                ? null
                : await batches.QueryAsync(gitDir, GitBatchKind.Objects, batch => HistoryWalk.Walk(batch, query), cancellationToken);
        }
        catch (GitException) when (query.IsFiltered)
        {
            // Too large was what is read ahead, most of which is not in the answer.
            return null;
        }
    }

    /// <summary>Branches and tags as they are now.</summary>
    public ReferenceList ListReferences()
    {
        GitProcess.CheckExists(gitDir);
        return References.Read(gitDir);
    }

    /// <summary>Commits and tags by their names; null for those that are neither.</summary>
    public Task<List<GitObject?>> ReadObjectsAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        batches.QueryAsync(gitDir, GitBatchKind.Objects, batch => GitObjects.ReadAll(batch, names), cancellationToken);

    /// <summary>What is at a path of a tree, or null.</summary>
    public Task<TreeItem?> FindItemAsync(string tree, string path, CancellationToken cancellationToken) =>
        batches.QueryAsync(gitDir, GitBatchKind.Objects, batch => GitTrees.Find(batch, tree, path), cancellationToken);

    /// <summary>What is in one folder: the ids of its files and folders, as Git orders them.</summary>
    public Task<List<TreeItem>> ListFolderAsync(string tree, CancellationToken cancellationToken) =>
        batches.QueryAsync(gitDir, GitBatchKind.Objects, batch => GitTrees.List(batch, tree), cancellationToken);

    /// <summary>Sizes of files by their ids; null for those that are missing.</summary>
    public Task<List<long?>> ReadSizesAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        batches.QueryAsync(gitDir, GitBatchKind.Facts, batch => GitTrees.ReadSizes(batch, ids), cancellationToken);

    /// <summary>The content of a file by its id, or null if it is missing or larger.</summary>
    public Task<byte[]?> ReadFileAsync(string id, int maxBytes, CancellationToken cancellationToken) =>
        batches.QueryAsync(gitDir, GitBatchKind.Objects, batch => GitTrees.ReadFile(batch, id, maxBytes), cancellationToken);

    /// <summary>What differs between two trees.</summary>
    /// <exception cref="TooManyDifferencesException">The list of files alone is too long.</exception>
    public Task<TreeDifference> CompareAsync(TreeQuery query, CancellationToken cancellationToken) =>
        query.Usual
            ? batches.QueryAsync(gitDir, GitBatchKind.Differences, batch => TreeComparison.Compare(batch, query), cancellationToken)
            : TreeComparison.CompareAsync(git, gitDir, query, cancellationToken);

    /// <summary>Runs a Git command that only reads.</summary>
    public Task<GitOutput> GitAsync(IEnumerable<string> arguments, int maxBytes, CancellationToken cancellationToken) =>
        git.RunAsync(gitDir, arguments, cancellationToken, maxBytes);
}
