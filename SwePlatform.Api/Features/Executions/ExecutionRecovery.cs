using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Features.Workspaces;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Keeps the promise that an accepted execution is never lost. It renews the leases of this replica's own, and takes
/// over those whose replica is gone: what can be repeated without harm is run again, the rest is marked as failed.
/// </summary>
internal sealed partial class ExecutionRecovery(
    ExecutionEngine engine,
    ExecutionStore store,
    ExecutionEvents events,
    AuditTrail audit,
    ToolRegistry registry,
    WorkspaceDirectory workspaces,
    IDbContextFactory<SweDbContext> contexts,
    TimeProvider time,
    ILogger<ExecutionRecovery> logger
) : BackgroundService
{
    private const int MaxGenerations = 3;
    private static readonly TimeSpan Heartbeat = ExecutionStore.Lease / 6;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = false;
        using var timer = new PeriodicTimer(Heartbeat, time);
        do
        {
            try
            {
                listening = listening || await ListenAsync();
                await HeartbeatAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The database is unavailable, most likely. Leases are longer than a few heartbeats.
                Log.Faulted(logger, exception);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> ListenAsync()
    {
        try
        {
            await events.OnCancelAsync(id => engine.Cancel(id, CancelReason));
            return true;
        }
        catch (StackExchange.Redis.RedisException)
        {
            return false;
        }
    }

    private const string CancelReason = "The execution was cancelled.";

    private async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        if (engine.Unfinished is { Length: > 0 } mine)
        {
            foreach (var id in await store.RenewAsync(mine, cancellationToken))
            {
                engine.Cancel(id, CancelReason);
            }
        }
        while (await store.TakeOverAsync(cancellationToken) is { } orphan)
        {
            await AdoptAsync(orphan, cancellationToken);
        }
    }

    private async Task AdoptAsync(Execution orphan, CancellationToken cancellationToken)
    {
        Log.TakenOver(logger, orphan.Id, orphan.ToolName, orphan.Generation);
        var (job, problem) = await RebuildAsync(orphan, cancellationToken);
        if (job is not null)
        {
            engine.Resume(job);
            return;
        }
        var status = orphan.CancelRequestedAt is null ? ExecutionStatus.Failed : ExecutionStatus.Cancelled;
        var outcome = ToolOutcome.Failure(status, "interrupted", problem!);
        var entry = ExecutionAudit.Entry(audit, orphan, outcome, await FindUserAsync(orphan.UserId, cancellationToken), new(null, null));
        await store.FinishAsync(orphan.Id, orphan.Generation, new(outcome, orphan.Timings, false, null), entry);
        await events.PublishAsync(
            orphan.Id,
            ExecutionEvent.Completed,
            new
            {
                status,
                success = false,
                outcome = outcome.Outcome,
                error = new ToolError("interrupted", problem!),
                orphan.Timings,
            }
        );
    }

    private async Task<(Job? Job, string? Problem)> RebuildAsync(Execution orphan, CancellationToken cancellationToken)
    {
        if (orphan.CancelRequestedAt is not null)
        {
            return (null, CancelReason);
        }
        if (
            await registry.FindAsync(orphan.ToolName, orphan.UserId, cancellationToken) is not { } tool
            || (tool.Tool.NeedsProject && orphan.ProjectId is null)
        )
        {
            return (null, "The server stopped while it ran, and the tool or project is gone.");
        }
        // One that was still waiting has done nothing yet.
        if (orphan.Status == ExecutionStatus.Running && !tool.Tool.Annotations.Idempotent)
        {
            return (null, "The server stopped while the tool ran. What it did by then was done; look before you run it again.");
        }
        if (orphan.Generation > MaxGenerations)
        {
            return (null, $"The server stopped {MaxGenerations} times while this ran; it is not tried again.");
        }
        var workspace = orphan is { Workspace: { } name, ProjectId: { } project }
            ? await workspaces.FindAsync(project, name, cancellationToken)
            : null;
        if (orphan.Workspace is not null && workspace is null)
        {
            return (null, "The server stopped while it ran, and its workspace is gone.");
        }
        try
        {
            var arguments = await tool.ReadArgumentsAsync(JsonElement.Parse(orphan.Arguments));
            // What a workspace holds is looked at anew: others may have written to it meanwhile.
            var commit =
                orphan is { Commit: { } id, Tree: { } tree } && !(workspace is not null && tool.Tool.Annotations.ReadOnly)
                    ? new CommitId(id, tree)
                    : null;
            var job = new Job(
                orphan.Id,
                await FindUserAsync(orphan.UserId, cancellationToken),
                tool,
                arguments,
                orphan.ProjectId,
                commit,
                workspace,
                orphan.Generation,
                new LatencyReceipt(time)
            )
            {
                Record = new(AsQueued(orphan), isWritten: true),
            };
            job.Publish();
            return (job, null);
        }
        catch (RequestException)
        {
            return (null, "The server stopped while it ran, and the tool no longer takes these arguments.");
        }
    }

    // Whatever its row says, it waits for its turn here.
    private static Execution AsQueued(Execution orphan)
    {
        orphan.Status = ExecutionStatus.Queued;
        return orphan;
    }

    private async Task<CurrentUser> FindUserAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var user = await data.Users.AsNoTracking().FirstAsync(user => user.Id == id, cancellationToken);
        return new(user.Id, user.Email, user.Role, null);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // What is nearly done may end; the rest is another replica's, or the next start's, at once.
        var deadline = time.GetUtcNow() + StopTimeout;
        while (engine.Unfinished.Length > 0 && time.GetUtcNow() < deadline && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
        }
        if (engine.Unfinished is { Length: > 0 } left)
        {
            await store.ReleaseAsync(left);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Took over execution {Id} of {Tool}, generation {Generation}")]
        public static partial void TakenOver(ILogger logger, Guid id, string tool, int generation);

        [LoggerMessage(Level = LogLevel.Error, Message = "Executions could not be looked after; trying again")]
        public static partial void Faulted(ILogger logger, Exception exception);
    }
}
