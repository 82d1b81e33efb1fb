using Npgsql;
using NpgsqlTypes;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Idempotency;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Rows of executions as they go to Postgres, many at a time, on a connection whose transaction is the caller's.</summary>
internal static class ExecutionRows
{
    public static async Task CopyRowsAsync(
        NpgsqlConnection connection,
        IReadOnlyList<ExecutionWrite> writes,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY executions (id, user_id, tool_name, project_id, commit, tree, workspace, arguments, status, result,
                result_bytes, error_code, error_message, cached, created_at, started_at, finished_at,
                lease_owner, lease_until, generation, timings_cache, timings_execute, timings_prepare, timings_queue,
                    timings_saved, timings_serialize, timings_total, outcome, outcome_text)
            FROM STDIN (FORMAT BINARY)
            """,
            cancellationToken
        );
        foreach (var execution in writes.Select(write => write.Row).OfType<Execution>())
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
            await WriteAsync(copy, execution.ErrorCode, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, execution.ErrorMessage, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(execution.Cached, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(execution.CreatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, execution.StartedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, execution.FinishedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, execution.LeaseOwner, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, execution.LeaseUntil, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(execution.Generation, NpgsqlDbType.Integer, cancellationToken);
            var timings = execution.Timings;
            foreach (
                var milliseconds in (ReadOnlySpan<double>)
                    [timings.Cache, timings.Execute, timings.Prepare, timings.Queue, timings.Saved, timings.Serialize, timings.Total]
            )
            {
                copy.Write(milliseconds, NpgsqlDbType.Double);
            }
            await WriteAsync(copy, execution.Outcome is { } outcome ? EnumText.Write(outcome) : null, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, execution.OutcomeText, NpgsqlDbType.Text, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>Records ends, and marks those that another replica has taken over.</summary>
    public static async Task FinishAsync(
        NpgsqlConnection connection,
        IReadOnlyList<ExecutionWrite> writes,
        CancellationToken cancellationToken
    )
    {
        if (writes.Count == 0)
        {
            return;
        }
        await using var batch = new NpgsqlBatch(connection);
        foreach (var end in writes.Select(write => write.End!))
        {
            batch.BatchCommands.Add(Finish(end));
        }
        await batch.ExecuteNonQueryAsync(cancellationToken);
        for (var index = 0; index < writes.Count; index++)
        {
            writes[index].Superseded = batch.BatchCommands[index].RecordsAffected == 0;
        }
    }

    // Repeated after its answer was lost it finds the row finished as it would have it.
    private static NpgsqlBatchCommand Finish(ExecutionEnd end)
    {
        var (outcome, timings) = (end.Outcome, end.Timings);
        return new(
            """
            UPDATE executions SET status = $1, error_code = $2, error_message = $3, cached = $4, result = $5, result_bytes = $6,
                finished_at = $7,
                started_at = coalesce(started_at, $7), commit = coalesce($8, commit), tree = coalesce($9, tree), lease_owner =
                    NULL, lease_until = NULL, timings_queue = $10,
                timings_cache = $11, timings_prepare = $12, timings_execute = $13, timings_serialize = $14, timings_total = $15,
                    timings_saved = $16, outcome = $20, outcome_text = $21
            WHERE id = $17 AND generation = $18 AND (lease_owner = $19 AND status IN ('queued', 'running') OR lease_owner IS NULL
                AND status = $1)
            """
        )
        {
            Parameters =
            {
                Value(EnumText.Write(outcome.Status), NpgsqlDbType.Text),
                Value(outcome.Error?.Code, NpgsqlDbType.Text),
                Value(outcome.Error?.Message, NpgsqlDbType.Text),
                Value(end.Cached, NpgsqlDbType.Boolean),
                Value(end.Result, NpgsqlDbType.Json),
                Value(outcome.Result?.Length, NpgsqlDbType.Integer),
                Value(end.FinishedAt, NpgsqlDbType.TimestampTz),
                Value(end.Commit?.Commit, NpgsqlDbType.Text),
                Value(end.Commit?.Tree, NpgsqlDbType.Text),
                Value(timings.Queue, NpgsqlDbType.Double),
                Value(timings.Cache, NpgsqlDbType.Double),
                Value(timings.Prepare, NpgsqlDbType.Double),
                Value(timings.Execute, NpgsqlDbType.Double),
                Value(timings.Serialize, NpgsqlDbType.Double),
                Value(timings.Total, NpgsqlDbType.Double),
                Value(timings.Saved, NpgsqlDbType.Double),
                Value(end.Id, NpgsqlDbType.Uuid),
                Value(end.Generation, NpgsqlDbType.Integer),
                Value(end.Owner, NpgsqlDbType.Uuid),
                Value(EnumText.Write(outcome.Outcome), NpgsqlDbType.Text),
                Value(outcome.Text, NpgsqlDbType.Text),
            },
        };
    }

    private static NpgsqlParameter Value(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    public static async Task CopyOutputsAsync(
        NpgsqlConnection connection,
        IReadOnlyList<ExecutionWrite> writes,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY execution_outputs (execution_id, content) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var write in writes.Where(write => write.Output is not null))
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(write.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(write.Output, NpgsqlDbType.Bytea, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    public static async Task CopyKeysAsync(
        NpgsqlConnection connection,
        IEnumerable<IdempotencyKey> keys,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY idempotency_keys (user_id, key, request_hash, resource_id, created_at) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var key in keys)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(key.UserId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(key.Key, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(key.RequestHash, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(key.ResourceId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(key.CreatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken)
        where T : struct => value is { } known ? copy.WriteAsync(known, type, cancellationToken) : copy.WriteNullAsync(cancellationToken);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);
}
