using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Pruning;

/// <summary>
/// Removes what nothing refers to from a clone: the objects of files as workspaces had them for a while. Git itself never
/// does, as its own housekeeping is switched off; and what a fetch brought that the remote has rewritten since.
/// </summary>
internal sealed class ObjectPruning(GitProcess git, PackPruning packs, IOptions<WorkspaceOptions> options)
{
    // Readers write objects before anything refers to them, without a lock; writing an object again makes it young again.
    private static readonly TimeSpan MinAge = TimeSpan.FromDays(2);

    /// <summary>How many steps there are, each of which may take <see cref="WorkspaceOptions.PruneTimeout"/>.</summary>
    public const int Steps = 3;

    /// <summary>The caller sees to it that nothing is being fetched.</summary>
    /// <exception cref="GitException">It failed, and nothing was removed, or not all.</exception>
    public async Task PruneAsync(string gitDir, CancellationToken cancellationToken)
    {
        try
        {
            // First what is quick: the others may take too long.
            var isDue = false;
            await LimitAsync(async token => isDue = await RemoveLooseAsync(gitDir, token), cancellationToken);
            if (isDue)
            {
                await LimitAsync(
                    async token => await packs.CollectAsync(gitDir, await FindRootsAsync(gitDir, token), token),
                    cancellationToken
                );
                await LimitAsync(
                    token => packs.DropAsync(gitDir, token => FindRootsAsync(gitDir, token), MinAge, token),
                    cancellationToken
                );
            }
        }
        finally
        {
            PackPruning.End(gitDir);
        }
    }

    /// <returns>Whether the packs are due as well.</returns>
    private async Task<bool> RemoveLooseAsync(string gitDir, CancellationToken cancellationToken)
    {
        await packs.BeginAsync(gitDir, cancellationToken);
        var roots = await FindRootsAsync(gitDir, cancellationToken);
        var isDue = await packs.LetGoAsync(gitDir, MinAge, cancellationToken) || PackPruning.IsScattered(gitDir);
        await git.RunAsync(gitDir, ["prune", $"--expire={(int)MinAge.TotalSeconds}.seconds.ago", "--", .. roots], cancellationToken);
        return isDue;
    }

    private async Task LimitAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.PruneTimeout);
        try
        {
            await step(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitException(
                $"Old objects could not be removed within {options.Value.PruneTimeout.TotalMinutes:0} minutes (Workspaces:PruneTimeout)."
            );
        }
    }

    // Git keeps what a worktree's index names, but does not know of the index of its last snapshot.
    private async Task<List<string>> FindRootsAsync(string gitDir, CancellationToken cancellationToken)
    {
        var worktrees = Path.Combine(gitDir, "worktrees");
        var roots = new List<string>();
        if (!Directory.Exists(worktrees))
        {
            return roots;
        }
        foreach (var worktree in Directory.EnumerateDirectories(worktrees))
        {
            var copy = Path.Combine(worktree, $"prune-index-{Guid.CreateVersion7():N}");
            try
            {
                File.Copy(Path.Combine(worktree, "snapshot-index"), copy);
                var tree = await git.RunAsync(
                    gitDir,
                    ["write-tree"],
                    cancellationToken,
                    environment: new Dictionary<string, string> { ["GIT_INDEX_FILE"] = copy }
                );
                roots.Add(tree.Text.Trim());
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // No snapshot yet, or the workspace is being deleted.
            }
            finally
            {
                DeleteCopy(copy);
            }
        }
        return roots;
    }

    private static void DeleteCopy(string copy)
    {
        try
        {
            File.Delete(copy);
            File.Delete(copy + ".lock");
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted with its workspace.
        }
    }
}
