using System.Text;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Executions;

/// <summary>The rows of executions, and the leases by which replicas hold them.</summary>
internal sealed class ExecutionStore(IServiceScopeFactory scopes, ExecutionLog log, TimeProvider time)
{
    /// <summary>How long a replica is believed to be alive after it last said so.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>This replica.</summary>
    public Guid Owner { get; } = Guid.CreateVersion7();

    /// <param name="outcome">What came of it, if it is finished already.</param>
    public async Task InsertAsync(Execution execution, IdempotencyKey? key, ToolOutcome? outcome, CancellationToken cancellationToken)
    {
        if (!execution.IsFinished)
        {
            execution.LeaseOwner = Owner;
            execution.LeaseUntil = time.GetUtcNow() + Lease;
        }
        var packed = outcome is null ? null : SetResult(execution, outcome);
        if (key is null)
        {
            await log.WriteAsync(new(execution, packed));
            return;
        }
        // Together with the key: after a crash there are both or neither.
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>();
        if (packed is not null)
        {
            data.ExecutionOutputs.Add(new() { ExecutionId = execution.Id, Content = packed });
        }
        data.Executions.Add(execution);
        data.IdempotencyKeys.Add(key);
        await data.SaveChangesAsync(cancellationToken);
    }

    public async Task StartAsync(Job job)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Held(scope, job).ExecuteUpdateAsync(set => set
            .SetProperty(execution => execution.Status, ExecutionStatus.Running)
            .SetProperty(execution => execution.StartedAt, time.GetUtcNow()));
    }

    /// <summary>Records what came of a job, in one statement.</summary>
    /// <returns>False if another replica has taken it over: then nothing was written.</returns>
    public async Task<bool> FinishAsync(Job job, ToolOutcome outcome, Timings timings, bool cached)
    {
        var isLarge = outcome.Result?.Length > Execution.MaxInlineBytes;
        var inline = isLarge || outcome.Result is null ? null : Encoding.UTF8.GetString(outcome.Result);
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>().Database;
        return await data.CreateExecutionStrategy().ExecuteAsync(async () => (await data.SqlQuery<int>(
            $"""
            WITH finished AS (
                UPDATE executions SET status = {EnumText.Write(outcome.Status)}, error_code = {outcome.Error?.Code}, error_message = {outcome.Error?.Message}, cached = {cached},
                    result = {inline}::json, result_bytes = {outcome.Result?.Length}, finished_at = {time.GetUtcNow()}, started_at = coalesce(started_at, {time.GetUtcNow()}),
                    lease_owner = NULL, lease_until = NULL, timings_queue = {timings.Queue}, timings_cache = {timings.Cache}, timings_prepare = {timings.Prepare},
                    timings_execute = {timings.Execute}, timings_serialize = {timings.Serialize}, timings_total = {timings.Total}, timings_saved = {timings.Saved}
                WHERE id = {job.Id} AND generation = {job.Generation} AND (lease_owner = {Owner} AND status IN ('queued', 'running') OR lease_owner IS NULL AND status = {EnumText.Write(outcome.Status)})
                RETURNING id),
            stored AS (
                INSERT INTO execution_outputs (execution_id, content) SELECT id, {(isLarge ? outcome.Packed : null)}::bytea FROM finished WHERE {isLarge}
                ON CONFLICT DO NOTHING)
            SELECT count(*)::int AS "Value" FROM finished
            """).ToListAsync())[0] == 1);
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

    private static byte[]? SetResult(Execution execution, ToolOutcome outcome)
    {
        execution.ResultBytes = outcome.Result!.Length;
        if (outcome.Result.Length > Execution.MaxInlineBytes)
        {
            return outcome.Packed;
        }
        execution.Result = Encoding.UTF8.GetString(outcome.Result);
        return null;
    }
}
