using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Looks at the files of a job's workspace, and whether what they make is known. It is a part of the execution, and not of the
/// call that asked for it: it takes a place in the queue, has a time limit, and can be cancelled.
/// </summary>
internal sealed class JobPreparation(
    WorkspaceStore workspaces,
    CloneStore clones,
    ResultCache cache,
    ToolMetrics metrics,
    TimeProvider time
)
{
    /// <summary>Where equal calls find the result; null if it must not be shared.</summary>
    public async Task<string?> FindCacheKeyAsync(
        ITool tool,
        object arguments,
        Guid? projectId,
        CommitId? commit,
        Workspace? workspace,
        CancellationToken cancellationToken
    )
    {
        using var context = new ToolContext(projectId is { } id ? clones.Of(id) : null, commit, workspace, NoLiveOutput.Instance);
        return await tool.CacheScopeAsync(arguments, context, cancellationToken) is { } scope
            ? ResultCache.Key(tool, arguments, scope)
            : null;
    }

    /// <returns>What comes of the job, if it need not be run or cannot be.</returns>
    public async Task<ToolOutcome?> PrepareAsync(Job job)
    {
        var clock = new LatencyReceipt(time);
        try
        {
            var commit = await workspaces.SnapshotAsync(job.Workspace!, job.Cancelled);
            var prepare = clock.Lap();
            var key = await FindCacheKeyAsync(job.Tool.Tool, job.Arguments, job.ProjectId, commit, job.Workspace, job.Cancelled);
            var hit = key is null || job.NoCache ? null : await cache.FindAsync(key);
            job.Prepare(commit, key, prepare, clock.Lap());
            if (key is not null)
            {
                metrics.RecordLookup(job.Tool.Tool.Name, hit?.Level ?? "none", hit?.Outcome.Result!.Length ?? 0);
            }
            return hit?.Outcome;
        }
        catch (OperationCanceledException) when (job.Cancelled.IsCancellationRequested)
        {
            return ToolOutcome.Failure(ExecutionStatus.Cancelled, "cancelled", job.CancelReason);
        }
        catch (Exception exception) when (FullDisk.IsCause(exception))
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, FullDisk.Code, FullDisk.Message);
        }
        catch (GitException exception)
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, "git", exception.Message);
        }
        catch (RequestException exception)
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, exception.Code ?? "invalid", exception.Message);
        }
    }
}
