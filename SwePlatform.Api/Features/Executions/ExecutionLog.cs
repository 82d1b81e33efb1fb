using System.Diagnostics;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Records executions, those of many callers in one transaction. An end and its entry in the audit log are one write:
/// neither can be there without the other, whenever this process ends.
/// </summary>
internal sealed class ExecutionLog : BackgroundService
{
    private readonly GroupCommit<ExecutionWrite> _commits;
    private readonly NpgsqlDataSource _database;
    private readonly AuditMetrics _metrics;

    public ExecutionLog(NpgsqlDataSource database, AuditMetrics metrics)
    {
        (_database, _metrics) = (database, metrics);
        _commits = new(WriteAsync, IsItemsFault, maxItems: 500);
    }

    /// <summary>Ends once it is durable.</summary>
    public async Task WriteAsync(ExecutionWrite write)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await _commits.WriteAsync(write);
            // It is done for many at once, so that no statement belongs to one request.
            RequestTrace.Add("sql", "COPY", started, "COPY executions, audit_log");
        }
        catch when (write.Audit is not null)
        {
            _metrics.Failed();
            throw;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _commits.RunAsync();

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _commits.Complete();
        return base.StopAsync(cancellationToken);
    }

    // A project or user that was deleted a moment ago; text that cannot be stored; an idempotency key that is taken.
    private static bool IsItemsFault(Exception exception) => exception is PostgresException { IsTransient: false };

    private async Task WriteAsync(IReadOnlyList<ExecutionWrite> writes)
    {
        var attempts = 0;
        try
        {
            await DatabaseRetry.Pipeline.ExecuteAsync(async token =>
            {
                attempts++;
                await WriteOnceAsync(writes, token);
            });
        }
        catch (PostgresException exception)
            when (attempts > 1
                && exception.SqlState == PostgresErrorCodes.UniqueViolation
                && exception.ConstraintName != IdempotencyKeyMapping.PrimaryKey
            )
        {
            // The attempt before was committed, and only the answer was lost.
        }
        _metrics.Written(writes.Count(write => write is { Audit: not null, Superseded: false }));
    }

    private async Task WriteOnceAsync(IReadOnlyList<ExecutionWrite> writes, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        if (writes.All(write => write.IsRowOnly))
        {
            await ExecutionRows.CopyRowsAsync(connection, writes, cancellationToken);
            return;
        }
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (writes.Any(write => write.Row is not null))
        {
            await ExecutionRows.CopyRowsAsync(connection, writes, cancellationToken);
        }
        await ExecutionRows.FinishAsync(
            connection,
            [.. writes.Where(write => write.End is not null).OrderBy(write => write.Id)],
            cancellationToken
        );
        var stored = writes.Where(write => !write.Superseded).ToList();
        if (stored.Exists(write => write.Output is not null))
        {
            await ExecutionRows.CopyOutputsAsync(connection, stored, cancellationToken);
        }
        if (stored.Select(write => write.Key).OfType<IdempotencyKey>().ToList() is { Count: > 0 } keys)
        {
            await ExecutionRows.CopyKeysAsync(connection, keys, cancellationToken);
        }
        // Last: from here on all who write to the log wait for this transaction.
        if (stored.Select(write => write.Audit).OfType<AuditEntry>().ToList() is { Count: > 0 } entries)
        {
            await AuditStore.AppendAsync(connection, entries, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }
}
