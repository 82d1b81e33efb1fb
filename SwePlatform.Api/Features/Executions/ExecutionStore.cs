using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;

namespace SwePlatform.Api.Features.Executions;

/// <summary>The rows of executions, and the leases by which replicas hold them.</summary>
internal sealed class ExecutionStore(IDbContextFactory<SweDbContext> contexts, ExecutionLog log, TimeProvider time)
{
    /// <summary>How long a replica is believed to be alive after it last said so.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>This replica.</summary>
    public Guid Owner { get; } = Guid.CreateVersion7();

    /// <summary>Records an execution that is not finished: this replica holds it from now on.</summary>
    public Task InsertAsync(Execution execution, IdempotencyKey? key)
    {
        execution.LeaseOwner = Owner;
        execution.LeaseUntil = time.GetUtcNow() + Lease;
        return log.WriteAsync(ExecutionWrite.Begin(execution, key));
    }

    /// <summary>Records an execution that has ended, and has no row yet, with its audit entry.</summary>
    public Task InsertFinishedAsync(Execution execution, ToolOutcome outcome, IdempotencyKey? key, AuditEntry audit) =>
        log.WriteAsync(ExecutionWrite.Whole(execution, outcome, key, audit));

    public async Task StartAsync(Job job)
    {
        await using var data = await contexts.CreateDbContextAsync();
        await Held(data, job)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(execution => execution.Status, ExecutionStatus.Running)
                    .SetProperty(execution => execution.StartedAt, time.GetUtcNow())
            );
    }

    /// <summary>Records what came of an execution that has a row, with its audit entry.</summary>
    /// <returns>False if another replica has taken it over: then nothing was written.</returns>
    public async Task<bool> FinishAsync(Guid id, int generation, JobResult result, AuditEntry audit)
    {
        var write = ExecutionWrite.Finish(
            new(id, Owner, generation, result.Outcome, result.Timings, result.Cached, result.Commit, time.GetUtcNow()),
            audit
        );
        await log.WriteAsync(write);
        return !write.Superseded;
    }

    /// <summary>Says that this replica still works on these, and learns which of them are to be cancelled.</summary>
    public async Task<List<Guid>> RenewAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var held = data.Executions.Where(execution => ids.Contains(execution.Id) && execution.LeaseOwner == Owner);
        await held.ExecuteUpdateAsync(
            set => set.SetProperty(execution => execution.LeaseUntil, time.GetUtcNow() + Lease),
            cancellationToken
        );
        return await held.Where(execution => execution.CancelRequestedAt != null)
            .Select(execution => execution.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Takes one execution over whose replica is gone; null if there is none.</summary>
    public async Task<Execution?> TakeOverAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var taken = await data
            .Executions.FromSql(
                $"""
                UPDATE executions SET lease_owner = {Owner}, lease_until = {now + Lease}, generation = generation + 1 WHERE id = (
                    SELECT id FROM executions WHERE status IN ('queued', 'running') AND lease_until < {now}
                    ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return taken.SingleOrDefault();
    }

    /// <summary>Lets other replicas take these over at once.</summary>
    public async Task ReleaseAsync(Guid[] ids)
    {
        await using var data = await contexts.CreateDbContextAsync();
        await data
            .Executions.Where(execution => ids.Contains(execution.Id) && execution.LeaseOwner == Owner)
            .ExecuteUpdateAsync(set => set.SetProperty(execution => execution.LeaseUntil, DateTimeOffset.UnixEpoch));
    }

    /// <summary>Asks for the end of all executions on a project, wherever they run.</summary>
    public async Task RequestCancelOfProjectAsync(Guid projectId, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        await data
            .Executions.Where(execution =>
                execution.ProjectId == projectId
                && execution.CancelRequestedAt == null
                && (execution.Status == ExecutionStatus.Queued || execution.Status == ExecutionStatus.Running)
            )
            .ExecuteUpdateAsync(set => set.SetProperty(execution => execution.CancelRequestedAt, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Asks for the end of an execution, wherever it runs.</summary>
    public async Task RequestCancelAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        await data
            .Executions.Where(execution =>
                execution.Id == id
                && execution.CancelRequestedAt == null
                && (execution.Status == ExecutionStatus.Queued || execution.Status == ExecutionStatus.Running)
            )
            .ExecuteUpdateAsync(set => set.SetProperty(execution => execution.CancelRequestedAt, time.GetUtcNow()), cancellationToken);
    }

    private IQueryable<Execution> Held(SweDbContext data, Job job) =>
        data.Executions.Where(execution =>
            execution.Id == job.Id
            && execution.LeaseOwner == Owner
            && execution.Generation == job.Generation
            && (execution.Status == ExecutionStatus.Queued || execution.Status == ExecutionStatus.Running)
        );
}
