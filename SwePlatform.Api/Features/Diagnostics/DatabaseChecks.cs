using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Performance;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.Rollups;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Probes of Postgres.</summary>
internal sealed class DatabaseChecks(NpgsqlDataSource database, IOptions<DatabaseOptions> options, RollupQuery rollups, TimeProvider time)
{
    private const double SlowMs = 100;

    private static readonly (string Name, string Ddl)[] RequiredIndexes =
    [
        ("idx_users_email", "CREATE UNIQUE INDEX CONCURRENTLY idx_users_email ON auth.users (email)"),
        ("idx_projects_user_id", "CREATE INDEX CONCURRENTLY idx_projects_user_id ON projects (user_id)"),
        ("idx_audit_logs_timestamp", "CREATE INDEX idx_audit_logs_timestamp ON audit.audit_log (timestamp DESC)"),
    ];

    public async Task<Finding> IndexesAsync(string? authorization, CancellationToken cancellationToken)
    {
        var found = (
            await RowsAsync(
                """
                SELECT c.relname, i.indisvalid, coalesce(s.idx_scan, 0) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
                WHERE c.relname IN ('idx_users_email', 'idx_projects_user_id', 'idx_audit_logs_timestamp')
                """,
                row => (Name: row.GetString(0), Valid: row.GetBoolean(1), Scans: row.GetInt64(2)),
                cancellationToken
            )
        ).ToDictionary(index => index.Name);
        string[] evidence =
        [
            .. RequiredIndexes.Select(index =>
                !found.TryGetValue(index.Name, out var seen) ? $"{index.Name} is missing"
                : seen.Valid ? $"{index.Name}: valid, {seen.Scans} scans"
                : $"{index.Name} is invalid"
            ),
        ];
        var broken = RequiredIndexes.Where(index => !found.TryGetValue(index.Name, out var seen) || !seen.Valid).ToList();
        return broken.Count == 0
            ? Finding.Pass("The required indexes are in place. /performance/database/indexes advises on further ones.", evidence)
            : Finding.Fail(
                $"{broken.Count} of the required indexes are missing or invalid.",
                string.Join("; ", broken.Select(index => index.Ddl)),
                evidence
            );
    }

    public async Task<Finding> PoolAsync(string? authorization, CancellationToken cancellationToken)
    {
        var pool = options.Value;
        var server = await NumberAsync(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int",
            cancellationToken
        );
        var open = await NumberAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'swe-api' AND datname = current_database()",
            cancellationToken
        );
        string[] evidence =
        [
            $"pool size {pool.PoolSize}, overflow {pool.MaxOverflow}, recycle {pool.PoolRecycleSeconds} s, idle timeout "
                + $"{pool.IdleTimeoutSeconds} s, connection timeout {pool.ConnectionTimeoutSeconds} s",
            $"the server takes {server} connections; the replicas hold {open}",
        ];
        if (server < 100)
        {
            return Finding.Fail(
                $"The server takes only {server} connections; the target is 100.",
                "Set max_connections to 200, as deploy/postgres.conf does, and restart Postgres.",
                evidence
            );
        }
        return pool.PoolSize + pool.MaxOverflow > server
                ? Finding.Fail(
                    "One replica may open more connections than the server takes.",
                    "Lower Database:PoolSize or Database:MaxOverflow, or raise max_connections.",
                    evidence
                )
            : pool.PoolSize + pool.MaxOverflow < 2
                ? Finding.Fail("There is no pool to speak of.", "Set Database:PoolSize to 20 and Database:MaxOverflow to 40.", evidence)
            : Finding.Pass($"{pool.PoolSize} to {pool.PoolSize + pool.MaxOverflow} connections a replica.", evidence);
    }

    public async Task<Finding> QueriesAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (await SlowQueriesAsync(cancellationToken) is not { } slow)
        {
            return NoStatistics();
        }
        return slow.Count == 0
            ? Finding.Pass(
                $"No query that ran at least five times takes more than {SlowMs:0} ms on average.",
                $"{await NumberAsync("SELECT count(*) FROM pg_stat_statements", cancellationToken)} kinds of query are known"
            )
            : Finding.Fail(
                $"{slow.Count} queries take more than {SlowMs:0} ms on average.",
                "See /performance/database/indexes for indexes that would help, and /performance/slow-requests for who asks.",
                slow
            );
    }

    public async Task<Finding> LatencyAsync(string? authorization, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var queries = new LatencyDistribution();
        foreach (
            var series in (
                await rollups.ReadLatenciesAsync(now - TimeSpan.FromHours(1), now, null, SeriesKind.Database, cancellationToken)
            ).Values
        )
        {
            queries.Add(series.Durations);
        }
        var target = Target.Of(Target.Database)!;
        if (queries.Count == 0)
        {
            return Finding.Unknown("No query was measured in the last hour.", "Use the platform, then look again.");
        }
        var (p95, p99) = (queries.Percentile(0.95)!.Value, queries.Percentile(0.99)!.Value);
        var evidence = string.Create(
            CultureInfo.InvariantCulture,
            $"last hour: {queries.Count} queries, p95 {p95:0.#} ms (target {target.P95Ms} ms), p99 {p99:0.#} ms (target {target.P99Ms} ms)"
        );
        return p95 < target.P95Ms && p99 < target.P99Ms
            ? Finding.Pass("Queries are within their targets.", evidence)
            : Finding.Fail(
                "Queries take longer than their targets.",
                "See /performance/database for the queries that take the time, and optimize-database.sh for bloat.",
                evidence
            );
    }

    public async Task<Finding> SlowLogAsync(string? authorization, CancellationToken cancellationToken)
    {
        var threshold = await NumberAsync(
            "SELECT setting::bigint FROM pg_settings WHERE name = 'log_min_duration_statement'",
            cancellationToken
        );
        if (threshold is < 0 or > (long)SlowMs)
        {
            return Finding.Fail(
                "Slow queries are not logged.",
                "ALTER SYSTEM SET log_min_duration_statement = '100ms'; SELECT pg_reload_conf(); as deploy/postgres.conf does.",
                $"log_min_duration_statement is {threshold} ms"
            );
        }
        var slow = await SlowQueriesAsync(cancellationToken);
        return slow is null ? NoStatistics()
            : slow.Count == 0
                ? Finding.Pass("Slow queries are logged, and there are none.", $"log_min_duration_statement is {threshold} ms")
            : Finding.Warn($"{slow.Count} slow queries.", "See the log of Postgres, and /performance/database/indexes.", slow);
    }

    public async Task<Finding> ConnectionsAsync(string? authorization, CancellationToken cancellationToken)
    {
        var most = await NumberAsync("SELECT current_setting('max_connections')::int", cancellationToken);
        var used = await NumberAsync("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'", cancellationToken);
        var busy = await NumberAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'swe-api' AND state <> 'idle'",
            cancellationToken
        );
        var evidence = $"{used} of {most} connections are open, {busy} of the platform's are at work";
        return used > most * 0.9
                ? Finding.Fail(
                    "The server is nearly out of connections.",
                    "Lower Database:MaxOverflow, run fewer replicas, or raise max_connections.",
                    evidence
                )
            : busy >= options.Value.PoolSize + options.Value.MaxOverflow
                ? Finding.Warn(
                    "The pool is used up.",
                    "Find what holds connections with /performance/database, or raise Database:MaxOverflow.",
                    evidence
                )
            : Finding.Pass("There are connections to spare.", evidence);
    }

    public async Task<Finding> UnclosedAsync(string? authorization, CancellationToken cancellationToken)
    {
        var stuck = await RowsAsync(
            """
            SELECT application_name, extract(epoch FROM now() - state_change)::int, left(query, 120) FROM pg_stat_activity
            WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '1 minute'
            """,
            row => $"{row.GetString(0)}: idle in a transaction for {row.GetInt32(1)} s after {row.GetString(2)}",
            cancellationToken
        );
        var open = await NumberAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'swe-api'", cancellationToken);
        return stuck.Count == 0
            ? Finding.Pass(
                "No connection is held without work.",
                $"{open} connections of the platform, all in a pool of at most "
                    + $"{options.Value.PoolSize + options.Value.MaxOverflow} a replica"
            )
            : Finding.Fail(
                $"{stuck.Count} connections are held in a transaction that does nothing.",
                "End them with SELECT pg_terminate_backend(pid), and find the code that does not close them.",
                stuck
            );
    }

    private static Finding NoStatistics() =>
        Finding.Unknown(
            "Postgres keeps no statistics of queries.",
            "Set shared_preload_libraries = 'pg_stat_statements' as deploy/postgres.conf does, restart Postgres, and "
                + "CREATE EXTENSION pg_stat_statements."
        );

    // Null without the extension.
    private async Task<List<string>?> SlowQueriesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RowsAsync(
                $"""
                SELECT s.mean_exec_time, s.calls, left(regexp_replace(s.query, '\s+', ' ', 'g'), 160) FROM pg_stat_statements s
                    JOIN pg_database d ON d.oid = s.dbid
                WHERE d.datname = current_database() AND s.calls >= 5 AND s.mean_exec_time > {SlowMs} AND s.query ~*
                    '^\s*(select|insert|update|delete|with)'
                ORDER BY s.mean_exec_time * s.calls DESC LIMIT 10
                """,
                row =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{row.GetDouble(0):0} ms on average, {row.GetInt64(1)} times: {row.GetString(2)}"
                    ),
                cancellationToken
            );
        }
        catch (PostgresException exception)
            when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return null;
        }
    }

    private async Task<long> NumberAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }
}
