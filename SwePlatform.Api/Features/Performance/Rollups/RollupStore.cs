using Npgsql;
using NpgsqlTypes;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.SlowRequests;

namespace SwePlatform.Api.Features.Performance.Rollups;

/// <summary>Writes what was measured, and merges it as it ages: seconds into minutes, minutes into hours.</summary>
internal sealed class RollupStore(NpgsqlDataSource database)
{
    private const long MergeLock = 0x7065_7266;

    /// <summary>Writes everything or nothing.</summary>
    public async Task WriteAsync(
        string replica,
        DateTimeOffset at,
        List<LatencyDelta> latencies,
        List<KeyValuePair<ValueKey, ValueDelta>> values,
        List<SlowRequest> slow,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteLatenciesAsync(connection, at, latencies, cancellationToken);
        await WriteValuesAsync(connection, replica, at, values, cancellationToken);
        await WriteSlowAsync(connection, slow, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Merges what is old enough and drops what is too old. One replica at a time does it.</summary>
    /// <returns>Whether this one did.</returns>
    public async Task<bool> MergeAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (
            var attempt = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection)
            {
                Parameters = { new() { Value = MergeLock } },
            }
        )
        {
            if (await attempt.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return false;
            }
        }
        await using var merge = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(MergeLatencies(RollupLevel.Seconds, RollupLevel.Minute, "minute", "10 minutes")),
                new(MergeLatencies(RollupLevel.Minute, RollupLevel.Hour, "hour", "2 hours")),
                new(MergeValues(RollupLevel.Seconds, RollupLevel.Minute, "minute", "10 minutes")),
                new(MergeValues(RollupLevel.Minute, RollupLevel.Hour, "hour", "2 hours")),
                new("DELETE FROM performance.latency_rollups WHERE level = 2 AND at < now() - $1")
                {
                    Parameters = { new() { Value = retention } },
                },
                new("DELETE FROM performance.value_rollups WHERE level = 2 AND at < now() - $1")
                {
                    Parameters = { new() { Value = retention } },
                },
                new("DELETE FROM performance.slow_requests WHERE at < now() - $1") { Parameters = { new() { Value = retention } } },
                new(KeepSlowest),
            },
        };
        await merge.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static string MergeLatencies(RollupLevel from, RollupLevel to, string unit, string age) =>
        $"""
            WITH moved AS (
                DELETE FROM performance.latency_rollups WHERE level = {(int)from} AND at < date_trunc('{unit}', now() - interval '{age}')
                RETURNING date_trunc('{unit}', at) AS at, kind, name, label, errors, rejected, sum_microseconds,
                    max_microseconds, buckets, counts),
            sums AS (
                SELECT at, kind, name, label, sum(errors) AS errors, sum(rejected) AS rejected, sum(sum_microseconds) AS total,
                    max(max_microseconds) AS largest
                FROM moved GROUP BY at, kind, name, label),
            counted AS (
                SELECT at, kind, name, label, bucket, sum(count)::bigint AS count
                FROM moved, unnest(buckets, counts) AS b(bucket, count) GROUP BY at, kind, name, label, bucket),
            merged AS (
                SELECT at, kind, name, label, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(count ORDER BY bucket) AS counts
                FROM counted GROUP BY at, kind, name, label)
            INSERT INTO performance.latency_rollups (level, at, kind, name, label, errors, rejected, sum_microseconds,
                max_microseconds, buckets, counts)
            SELECT {(int)to}, at, kind, name, label, errors, rejected, total, largest, buckets, counts FROM sums JOIN merged
                USING (at, kind, name, label)
            """;

    private static string MergeValues(RollupLevel from, RollupLevel to, string unit, string age) =>
        $"""
            WITH moved AS (
                DELETE FROM performance.value_rollups WHERE level = {(int)from} AND at < date_trunc('{unit}', now() - interval
                    '{age}') RETURNING *)
            INSERT INTO performance.value_rollups (level, at, replica, name, label, sum, count, max, last)
            SELECT {(int)to}, date_trunc('{unit}', at), replica, name, label, sum(sum), sum(count), max(max), (array_agg(last
                ORDER BY at DESC))[1]
            FROM moved GROUP BY date_trunc('{unit}', at), replica, name, label
            """;

    // Of the last minutes everything is kept that the replicas sent; of each hour before that, the slowest.
    private const string KeepSlowest = """
        DELETE FROM performance.slow_requests WHERE id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY endpoint, method, date_trunc('hour', at) ORDER BY duration_ms DESC) AS place
                FROM performance.slow_requests WHERE at < now() - interval '10 minutes' AND at > now() - interval '3 hours') AS ranked
            WHERE place > 10)
        """;

    private static async Task WriteLatenciesAsync(
        NpgsqlConnection connection,
        DateTimeOffset at,
        List<LatencyDelta> latencies,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY performance.latency_rollups (level, at, kind, name, label, errors, rejected, sum_microseconds, "
                + "max_microseconds, buckets, counts) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var delta in latencies)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync((short)RollupLevel.Seconds, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(KindName(delta.Key.Kind), NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(delta.Key.Name, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(delta.Key.Label, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(delta.Errors, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(delta.Rejected, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(delta.SumMicroseconds, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(delta.MaxMicroseconds, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(delta.Buckets, NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(delta.Counts, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task WriteValuesAsync(
        NpgsqlConnection connection,
        string replica,
        DateTimeOffset at,
        List<KeyValuePair<ValueKey, ValueDelta>> values,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY performance.value_rollups (level, at, replica, name, label, sum, count, max, last) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var (key, delta) in values)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync((short)RollupLevel.Seconds, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(replica, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(key.Name, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(key.Label, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(delta.Sum, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync(delta.Count, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(delta.Max, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync(delta.Last, NpgsqlDbType.Double, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task WriteSlowAsync(NpgsqlConnection connection, List<SlowRequest> slow, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY performance.slow_requests (id, at, endpoint, method, status, duration_ms, trace_id, user_id, spans) "
                + "FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var request in slow)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(request.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(request.At, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(request.Endpoint, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(request.Method, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(request.Status, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(request.DurationMs, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync(request.TraceId, NpgsqlDbType.Text, cancellationToken);
            await (
                request.UserId is { } user
                    ? copy.WriteAsync(user, NpgsqlDbType.Uuid, cancellationToken)
                    : copy.WriteNullAsync(cancellationToken)
            );
            await copy.WriteAsync(request.Spans, NpgsqlDbType.Jsonb, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    public static string KindName(SeriesKind kind) =>
        kind switch
        {
            SeriesKind.Request => "request",
            SeriesKind.Tool => "tool",
            _ => "database",
        };
}
