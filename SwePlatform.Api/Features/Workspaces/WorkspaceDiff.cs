using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Toolbox.Git;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>
/// What a workspace changed. It is no execution, so it has limits of its own: few at a time for one user, few for all, and a time.
/// </summary>
internal static class WorkspaceDiff
{
    private const int MaxListBytes = 16 * 1024 * 1024;
    private const int MaxPatchBytes = 1024 * 1024;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private static readonly PartitionedRateLimiter<Guid> Places = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<Guid, Guid>(user =>
            RateLimitPartition.GetConcurrencyLimiter(user, _ => new() { PermitLimit = 4, QueueLimit = 16 })
        ),
        PartitionedRateLimiter.Create<Guid, int>(_ =>
            RateLimitPartition.GetConcurrencyLimiter(0, _ => new() { PermitLimit = 16, QueueLimit = 256 })
        )
    );

    public static async Task<Results<Ok<WorkspaceDiffResponse>, NotFound>> GetAsync(
        Guid id,
        string name,
        [AsParameters] WorkspaceDiffQuery query,
        WorkspaceEditor editor,
        WorkspaceDirectory directory,
        WorkspaceStore store,
        CloneStore clones,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        if (
            await editor.FindAsync(id, name, cancellationToken) is not { } row
            || await directory.FindAsync(id, name, cancellationToken) is not { } workspace
        )
        {
            return TypedResults.NotFound();
        }
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(TimeLimit);
        try
        {
            using var place = await Places.AcquireAsync(user.Id, 1, limited.Token);
            return place.IsAcquired
                ? TypedResults.Ok(await CompareAsync(id, row, workspace, query.Uncommitted, store, clones, limited.Token))
                : throw RequestException.TooManyRequests(
                    "Many of your differences are being made already. Wait for some of them.",
                    TimeSpan.FromSeconds(2)
                );
        }
        catch (GitException exception)
        {
            throw RequestException.Conflict($"Git cannot compare the files of the workspace '{name}': {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RequestException.Conflict(
                $"What the workspace '{name}' changed could not be found out within {TimeLimit.TotalSeconds:0} seconds. Use "
                    + "git.diff on single files, or files.list."
            );
        }
    }

    private static async Task<WorkspaceDiffResponse> CompareAsync(
        Guid id,
        WorkspaceRecord row,
        Workspace workspace,
        bool uncommitted,
        WorkspaceStore store,
        CloneStore clones,
        CancellationToken cancellationToken
    )
    {
        var now = await store.SnapshotAsync(workspace, cancellationToken);
        var from = uncommitted ? now.Commit : row.FromCommit;
        // Tree against tree: nothing in the working copy can make Git run a program.
        string[] common = ["diff", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--ignore-submodules=none"];
        var facts = clones
            .Of(id)
            .GitAsync(
                [.. common, "-z", "--raw", "--numstat", "--no-abbrev", "--end-of-options", from, now.Tree],
                MaxListBytes,
                cancellationToken
            );
        var patch = clones.Of(id).GitAsync([.. common, "--patch", "--end-of-options", from, now.Tree], MaxPatchBytes, cancellationToken);
        await Task.WhenAll(facts, patch);
        var files = ChangedFiles.Read((await facts).Text.Split('\0'));
        return new(
            from,
            now.Commit,
            now.Tree,
            files.ConvertAll(file => new WorkspaceFileChange(file.Path, file.OldPath, file.Status, file.Additions, file.Deletions)),
            (await patch).Text,
            (await patch).Truncated
        );
    }
}
