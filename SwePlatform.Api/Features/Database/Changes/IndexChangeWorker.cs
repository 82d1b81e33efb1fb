using Microsoft.EntityFrameworkCore;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Database.Advice;

namespace SwePlatform.Api.Features.Database.Changes;

/// <summary>
/// Makes and drops indexes, one at a time over all replicas. What a replica that died had begun, the next one finishes:
/// whoever holds the lock knows that no one else is at work.
/// </summary>
internal sealed partial class IndexChangeWorker(
    MaintenanceDatabase maintenance,
    IDbContextFactory<SweDbContext> contexts,
    AuditTrail audit,
    TimeProvider time,
    ILogger<IndexChangeWorker> logger
) : BackgroundService
{
    private const long LockKey = 0x737765_696E6478;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _asked = new(0);

    /// <summary>Says that there is something to do.</summary>
    public void Wake() => _asked.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _asked.WaitAsync(Interval, stoppingToken);
            try
            {
                while (await HasWorkAsync(stoppingToken) && !await TryWorkAsync(stoppingToken))
                {
                    // Asked for again and again: waiting for the lock inside Postgres would hold up the very index that is being built.
                    await Task.Delay(BetweenAttempts, time, stoppingToken);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Interrupted(logger, exception);
            }
        }
    }

    private async Task<bool> HasWorkAsync(CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        return await Open(data).AnyAsync(cancellationToken);
    }

    private static IQueryable<IndexChange> Open(SweDbContext data) =>
        data.Set<IndexChange>().Where(change => change.Status == IndexChangeStatus.Running || change.Status == IndexChangeStatus.Undoing);

    private async Task<bool> TryWorkAsync(CancellationToken cancellationToken)
    {
        await using var connection = await maintenance.OpenAsync(cancellationToken);
        await using (
            var attempt = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = LockKey } } }
        )
        {
            if (await attempt.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return false;
            }
        }
        await ExecuteAsync(connection, "SET statement_timeout = '6h'; SET lock_timeout = '1min'", cancellationToken);
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        while (await Open(data).OrderBy(change => change.Id).FirstOrDefaultAsync(cancellationToken) is { } change)
        {
            await WorkAsync(connection, change, cancellationToken);
            await data.SaveChangesAsync(cancellationToken);
            await audit.RecordAsync(
                change.Kind == IndexChangeKind.Create ? "index.create" : "index.drop",
                change.Id.ToString(),
                change.Error is null ? AuditOutcome.Success : AuditOutcome.Failure,
                new
                {
                    change.TableName,
                    change.IndexName,
                    change.Status,
                    change.CostBefore,
                    change.CostAfter,
                    change.Error,
                }
            );
        }
        return true;
    }

    private async Task WorkAsync(NpgsqlConnection connection, IndexChange change, CancellationToken cancellationToken)
    {
        var undoing = change.Status == IndexChangeStatus.Undoing;
        // Making one and taking back a drop are the same work.
        var creating = change.Kind == IndexChangeKind.Create != undoing;
        try
        {
            if (!undoing)
            {
                (change.PlanBefore, change.CostBefore) = await PlanAsync(connection, change.Query, cancellationToken);
            }
            if (await StateAsync(connection, change, cancellationToken) is var state && creating != (state is IndexState.Valid))
            {
                if (creating && state == IndexState.Invalid)
                {
                    await ExecuteAsync(connection, DropOf(change), cancellationToken);
                }
                await ExecuteAsync(connection, undoing ? change.UndoDdl : change.Ddl, cancellationToken);
            }
            if (!undoing)
            {
                await ExecuteAsync(connection, $"ANALYZE {IndexDdl.QuoteTable(change.TableName)}", cancellationToken);
                (change.PlanAfter, change.CostAfter) = await PlanAsync(connection, change.Query, cancellationToken);
                change.IndexBytes = creating ? await SizeAsync(connection, change, cancellationToken) : change.IndexBytes;
            }
            (change.Status, change.Error) = (undoing ? IndexChangeStatus.Undone : IndexChangeStatus.Done, null);
        }
        catch (PostgresException exception)
        {
            Log.Failed(logger, exception, change.IndexName);
            change.Error =
                exception.SqlState == PostgresErrorCodes.LockNotAvailable
                    ? "The table was in use by a transaction that did not end within a minute. GET /performance/database shows "
                        + "which; try again when it is done."
                    : exception.MessageText;
            // A drop that could not be taken back, or an index that could not be dropped, is still what it was.
            change.Status = undoing ? IndexChangeStatus.Done : IndexChangeStatus.Failed;
            if (creating && await StateAsync(connection, change, cancellationToken) == IndexState.Invalid)
            {
                await ExecuteAsync(connection, DropOf(change), cancellationToken);
            }
        }
        change.FinishedAt = time.GetUtcNow();
    }

    private static string DropOf(IndexChange change) => IndexDdl.Drop(IndexDdl.SchemaOf(change.TableName), change.IndexName);

    private enum IndexState
    {
        Missing,
        Invalid,
        Valid,
    }

    private static async Task<IndexState> StateAsync(
        NpgsqlConnection connection,
        IndexChange change,
        CancellationToken cancellationToken
    ) =>
        await ReadScalarAsync(connection, "SELECT i.indisvalid", change, cancellationToken) switch
        {
            null => IndexState.Missing,
            true => IndexState.Valid,
            _ => IndexState.Invalid,
        };

    private static async Task<long?> SizeAsync(NpgsqlConnection connection, IndexChange change, CancellationToken cancellationToken) =>
        await ReadScalarAsync(connection, "SELECT pg_relation_size(x.oid)", change, cancellationToken) as long?;

    private static async Task<object?> ReadScalarAsync(
        NpgsqlConnection connection,
        string question,
        IndexChange change,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            question
                + " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace "
                + "WHERE n.nspname = $1 AND x.relname = $2",
            connection
        )
        {
            Parameters =
            {
                new() { Value = IndexDdl.SchemaOf(change.TableName) },
                new() { Value = change.IndexName },
            },
        };
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<(string? Plan, double? Cost)> PlanAsync(
        NpgsqlConnection connection,
        string? query,
        CancellationToken cancellationToken
    ) =>
        query is not null && await QueryPlan.ExplainAsync(connection, query, cancellationToken) is { } plan
            ? (plan.GetRawText(), QueryPlan.CostOf(plan))
            : (null, null);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The change of the index {Index} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string index);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Changing indexes was interrupted; it goes on in a minute")]
        public static partial void Interrupted(ILogger logger, Exception exception);
    }
}
