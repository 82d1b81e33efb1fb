using Npgsql;
using NpgsqlTypes;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Executions;

/// <summary>An execution to be recorded, and its result if that is too large for its row.</summary>
internal sealed record NewExecution(Execution Execution, byte[]? PackedOutput);

/// <summary>Records new executions, those of many callers in one transaction.</summary>
internal sealed class ExecutionLog(NpgsqlDataSource database) : BackgroundService
{
    private readonly GroupCommit<NewExecution> _commits = new(items => WriteAsync(database, items), IsItemsFault, maxItems: 200);

    /// <summary>Ends once the execution is durable.</summary>
    public Task WriteAsync(NewExecution execution) => _commits.WriteAsync(execution);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _commits.RunAsync();

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _commits.Complete();
        return base.StopAsync(cancellationToken);
    }

    // A project or user that was deleted a moment ago; text that cannot be stored.
    private static bool IsItemsFault(Exception exception) => exception is PostgresException { IsTransient: false };

    private static async Task WriteAsync(NpgsqlDataSource database, IReadOnlyList<NewExecution> items)
    {
        var attempts = 0;
        try
        {
            await DatabaseRetry.Pipeline.ExecuteAsync(async token =>
            {
                attempts++;
                await WriteOnceAsync(database, items, token);
            });
        }
        catch (PostgresException exception) when (attempts > 1 && exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The attempt before was committed, and only the answer was lost.
        }
    }

    private static async Task WriteOnceAsync(NpgsqlDataSource database, IReadOnlyList<NewExecution> items, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // A transaction costs two round trips, and one COPY is one by itself.
        await using var transaction = items.Any(item => item.PackedOutput is not null) ? await connection.BeginTransactionAsync(cancellationToken) : null;
        await CopyExecutionsAsync(connection, items, cancellationToken);
        if (transaction is not null)
        {
            await CopyOutputsAsync(connection, items, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task CopyExecutionsAsync(NpgsqlConnection connection, IReadOnlyList<NewExecution> items, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY executions (id, user_id, tool_name, project_id, commit, tree, workspace, arguments, status, result, result_bytes, cached, created_at, started_at, finished_at,
                lease_owner, lease_until, generation, timings_cache, timings_execute, timings_prepare, timings_queue, timings_saved, timings_serialize, timings_total)
            FROM STDIN (FORMAT BINARY)
            """, cancellationToken);
        foreach (var (execution, _) in items)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(execution.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(execution.UserId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(execution.ToolName, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, execution.ProjectId, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, execution.Commit, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, execution.Tree, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, execution.Workspace, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(execution.Arguments, NpgsqlDbType.Json, cancellationToken);
            await copy.WriteAsync(EnumText.Write(execution.Status), NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, execution.Result, NpgsqlDbType.Json, cancellationToken);
            await WriteAsync(copy, execution.ResultBytes, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(execution.Cached, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(execution.CreatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, execution.StartedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, execution.FinishedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, execution.LeaseOwner, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, execution.LeaseUntil, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(execution.Generation, NpgsqlDbType.Integer, cancellationToken);
            var timings = execution.Timings;
            foreach (var milliseconds in (ReadOnlySpan<double>)[timings.Cache, timings.Execute, timings.Prepare, timings.Queue, timings.Saved, timings.Serialize, timings.Total])
            {
                copy.Write(milliseconds, NpgsqlDbType.Double);
            }
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyOutputsAsync(NpgsqlConnection connection, IReadOnlyList<NewExecution> items, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY execution_outputs (execution_id, content) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var (execution, output) in items)
        {
            if (output is not null)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(execution.Id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(output, NpgsqlDbType.Bytea, cancellationToken);
            }
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken) where T : struct =>
        value is { } known ? copy.WriteAsync(known, type, cancellationToken) : copy.WriteNullAsync(cancellationToken);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);
}
