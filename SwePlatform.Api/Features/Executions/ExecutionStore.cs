using System.Text;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Executions;

/// <summary>The rows of executions, and the leases by which replicas hold them.</summary>
internal sealed class ExecutionStore(IServiceScopeFactory scopes, TimeProvider time)
{
    /// <summary>How long a replica is believed to be alive after it last said so.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>This replica.</summary>
    public Guid Owner { get; } = Guid.CreateVersion7();

    public async Task InsertAsync(Execution execution, IdempotencyKey? key, byte[]? result, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>();
        if (!execution.IsFinished)
        {
            execution.LeaseOwner = Owner;
            execution.LeaseUntil = time.GetUtcNow() + Lease;
        }
        if (result is not null && SetResult(execution, result) is { } output)
        {
            data.ExecutionOutputs.Add(output);
        }
        data.Executions.Add(execution);
        if (key is not null)
        {
            data.IdempotencyKeys.Add(key);
        }
        await data.SaveChangesAsync(cancellationToken);
    }

    public async Task StartAsync(Job job)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Held(scope, job).ExecuteUpdateAsync(set => set
            .SetProperty(execution => execution.Status, ExecutionStatus.Running)
            .SetProperty(execution => execution.StartedAt, time.GetUtcNow()));
    }

    /// <summary>Records what came of a job.</summary>
    /// <returns>False if another replica has taken it over: then nothing was written.</returns>
    public async Task<bool> FinishAsync(Job job, ToolOutcome outcome, Timings timings, bool cached)
    {
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>();
        return await data.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            data.ChangeTracker.Clear();
            await using var transaction = await data.Database.BeginTransactionAsync();
            var execution = await Held(scope, job).AsTracking().FirstOrDefaultAsync();
            if (execution is null)
            {
                return false;
            }
            execution.Status = outcome.Status;
            execution.ErrorCode = outcome.Error?.Code;
            execution.ErrorMessage = outcome.Error?.Message;
            execution.Cached = cached;
            execution.Timings = timings;
            execution.FinishedAt = time.GetUtcNow();
            execution.StartedAt ??= execution.FinishedAt;
            execution.LeaseOwner = null;
            execution.LeaseUntil = null;
            if (outcome.Result is { } result && SetResult(execution, result) is { } output)
            {
                data.ExecutionOutputs.Add(output);
            }
            await data.SaveChangesAsync();
            await transaction.CommitAsync();
            return true;
        });
    }

    /// <summary>Says that this replica still works on these, and learns which of them are to be cancelled.</summary>
    public async Task<List<Guid>> RenewAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var held = scope.ServiceProvider.GetRequiredService<SweDbContext>().Executions
            .Where(execution => ids.Contains(execution.Id) && execution.LeaseOwner == Owner);
        await held.ExecuteUpdateAsync(set => set.SetProperty(execution => execution.LeaseUntil, time.GetUtcNow() + Lease), cancellationToken);
        return await held.Where(execution => execution.CancelRequestedAt != null).Select(execution => execution.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Takes one execution over whose replica is gone; null if there is none.</summary>
    public async Task<Execution?> TakeOverAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var taken = await scope.ServiceProvider.GetRequiredService<SweDbContext>().Executions.FromSql(
            $"""
            UPDATE executions SET lease_owner = {Owner}, lease_until = {now + Lease}, generation = generation + 1 WHERE id = (
                SELECT id FROM executions WHERE status IN ('queued', 'running') AND lease_until < {now}
                ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return taken.SingleOrDefault();
    }

    /// <summary>Ends an execution that was taken over and cannot be run again.</summary>
    public async Task FailAsync(Execution execution, ExecutionStatus status, string code, string message)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweDbContext>().Executions
            .Where(other => other.Id == execution.Id && other.Generation == execution.Generation)
            .ExecuteUpdateAsync(set => set
                .SetProperty(other => other.Status, status)
                .SetProperty(other => other.ErrorCode, code)
                .SetProperty(other => other.ErrorMessage, message)
                .SetProperty(other => other.FinishedAt, time.GetUtcNow())
                .SetProperty(other => other.LeaseOwner, (Guid?)null)
                .SetProperty(other => other.LeaseUntil, (DateTimeOffset?)null));
    }

    /// <summary>Lets other replicas take these over at once.</summary>
    public async Task ReleaseAsync(Guid[] ids)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweDbContext>().Executions.Where(execution => ids.Contains(execution.Id) && execution.LeaseOwner == Owner)
            .ExecuteUpdateAsync(set => set.SetProperty(execution => execution.LeaseUntil, DateTimeOffset.UnixEpoch));
    }

    /// <summary>Asks for the end of an execution, wherever it runs.</summary>
    public async Task RequestCancelAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweDbContext>().Executions
            .Where(execution => execution.Id == id && execution.CancelRequestedAt == null && (execution.Status == ExecutionStatus.Queued || execution.Status == ExecutionStatus.Running))
            .ExecuteUpdateAsync(set => set.SetProperty(execution => execution.CancelRequestedAt, time.GetUtcNow()), cancellationToken);
    }

    private IQueryable<Execution> Held(AsyncServiceScope scope, Job job) => scope.ServiceProvider.GetRequiredService<SweDbContext>().Executions.Where(execution =>
        execution.Id == job.Id && execution.LeaseOwner == Owner && execution.Generation == job.Generation
        && (execution.Status == ExecutionStatus.Queued || execution.Status == ExecutionStatus.Running));

    private static ExecutionOutput? SetResult(Execution execution, byte[] result)
    {
        execution.ResultBytes = result.Length;
        var text = Encoding.UTF8.GetString(result);
        if (result.Length > Execution.MaxInlineBytes)
        {
            return new() { ExecutionId = execution.Id, Content = text };
        }
        execution.Result = text;
        return null;
    }
}
