using System.Globalization;
using Npgsql;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Database;

/// <summary>What is done to a database itself; any PostgreSQL will do, and no API is needed.</summary>
internal sealed class DatabaseMaintenance(TextWriter output)
{
    private const double VacuumFrom = 0.05;
    private const double LongTransactionSeconds = 10;

    private const string Server = """
        SELECT current_setting('server_version'), current_database()::text, pg_database_size(current_database()),
               current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                   - coalesce(current_setting('reserved_connections', true)::int, 0)
        """;

    private const string Connections = """
        SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' GROUP BY 1 ORDER BY 2 DESC
        """;

    private const string MemoryHits = """
        SELECT sum(heap_blks_hit)::float8 / nullif(sum(heap_blks_hit + heap_blks_read), 0),
               sum(idx_blks_hit)::float8 / nullif(sum(idx_blks_hit + idx_blks_read), 0)
        FROM pg_statio_all_tables
        """;

    private const string Sessions = """
        SELECT pid, coalesce(state, 'unknown'), coalesce(extract(epoch FROM now() - xact_start), 0)::float8, pg_blocking_pids(pid), query
        FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
          AND (now() - xact_start > make_interval(secs => $1) OR cardinality(pg_blocking_pids(pid)) > 0)
        ORDER BY xact_start
        """;

    private const string DeadRows = """
        SELECT quote_ident(schemaname) || '.' || quote_ident(relname), n_dead_tup, n_dead_tup::float8 / nullif(n_live_tup + n_dead_tup, 0)
        FROM pg_stat_user_tables ORDER BY n_dead_tup DESC, 1
        """;

    public async Task AnalyzeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "ANALYZE", cancellationToken);
        var (version, database, size, most) = (
            await ReadAsync(
                connection,
                Server,
                row => (row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt32(3)),
                cancellationToken
            )
        )[0];
        await PrintAsync($"PostgreSQL {version}, database {database}: {Figures.Size(size)}; the planner's statistics are up to date");
        var states = await ReadAsync(connection, Connections, row => (State: row.GetString(0), Count: row.GetInt64(1)), cancellationToken);
        var byState = string.Join(", ", states.Select(state => $"{state.Count} {state.State}"));
        await PrintAsync($"Connections: {states.Sum(state => state.Count)} of {most} ({byState})");
        var (tables, indexes) = (await ReadAsync(connection, MemoryHits, row => (Ratio(row, 0), Ratio(row, 1)), cancellationToken))[0];
        await PrintAsync(
            $"Read from memory: tables {Figures.Percent(tables)}, indexes {Figures.Percent(indexes)} (below 99 % for long: ",
            $"raise shared_buffers)"
        );
        foreach (var setting in await IntendedSettings.FindDifferencesAsync(connection, cancellationToken))
        {
            await PrintAsync($"  {setting}");
        }
        foreach (
            var (id, state, seconds, blockers, query) in await ReadAsync(
                connection,
                Sessions,
                row => (row.GetInt32(0), row.GetString(1), row.GetDouble(2), row.GetFieldValue<int[]>(3), row.GetString(4)),
                cancellationToken,
                LongTransactionSeconds
            )
        )
        {
            var waits = blockers.Length > 0 ? $" waits for {string.Join(", ", blockers)}" : "";
            await PrintAsync($"  process {id} ({state}, {seconds:0} s){waits}: {Figures.OneLine(query)}");
        }
    }

    public async Task VacuumAsync(NpgsqlConnection connection, bool all, CancellationToken cancellationToken)
    {
        var tables = (
            await ReadAsync(
                connection,
                DeadRows,
                row => (Name: row.GetString(0), Dead: row.GetInt64(1), Ratio: Ratio(row, 2) ?? 0),
                cancellationToken
            )
        )
            .Where(table => all || table.Ratio >= VacuumFrom)
            .ToList();
        await WorkProgress.RunAsync(
            output,
            async work =>
            {
                foreach (var (index, table) in tables.Index())
                {
                    work.Report(table.Name, (double)index / tables.Count);
                    await ExecuteAsync(connection, $"VACUUM (ANALYZE) {table.Name}", cancellationToken);
                    await work.PrintAsync(string.Create(CultureInfo.InvariantCulture, $"  {table.Name}: {table.Dead} dead rows"));
                }
                return tables.Count;
            },
            quiet: true
        );
        var rest = all
            ? ""
            : $"; those with less than {VacuumFrom.ToString("P0", CultureInfo.InvariantCulture)} dead rows were left alone "
                + "(--all takes them as well)";
        await PrintAsync($"{tables.Count} tables vacuumed{rest}");
    }

    private static double? Ratio(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object[] arguments
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new() { Value = argument });
        }
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task PrintAsync(params FormattableString[] parts) =>
        output.WriteLineAsync(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
