using System.Globalization;
using Npgsql;
using SwePlatform.Api.Features.Performance.Database.Advice;
using SwePlatform.Api.Features.Performance.Database.Catalog;

namespace SwePlatform.AppHost.Embedded.Database;

/// <summary>What scripts/performance/optimize-database.sh shows and does, for people.</summary>
internal sealed class DatabaseReports(TextWriter output, TextWriter progress)
{
    private const int ShownTables = 50;
    private const double VacuumFrom = 0.05;
    private const int LongestLine = 160;

    public async Task AnalyzeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "ANALYZE", cancellationToken);
        var server = await ServerFacts.ReadAsync(connection, cancellationToken);
        var connections = await ConnectionCount.ReadAsync(connection, cancellationToken);
        var hits = await BufferHits.ReadAsync(connection, cancellationToken);
        await PrintAsync($"PostgreSQL {server.Version}, database {server.Database}: {Size(server.SizeBytes)}; the planner's statistics are new now");
        await PrintAsync($"Connections: {connections.Sum(count => count.Count)} of {server.MaxConnections - server.ReservedConnections} ({string.Join(", ", connections.GroupBy(count => count.State).Select(group => $"{group.Sum(count => count.Count)} {group.Key}"))})");
        await PrintAsync($"Read from memory: tables {Percent(hits.TableRatio)}, indexes {Percent(hits.IndexRatio)} (below 99 % for long: raise shared_buffers)");
        foreach (var setting in (await ServerSettings.CheckAsync(connection, cancellationToken)).Where(setting => !setting.Matches || setting.PendingRestart))
        {
            await PrintAsync($"  {setting.Name} is {setting.Value}; deploy/postgres.conf says {setting.Intended}{(setting.PendingRestart ? " (needs a restart of the server)" : "")}");
        }
        foreach (var session in await SessionActivity.ReadAsync(connection, 10, cancellationToken))
        {
            await PrintAsync($"  process {session.ProcessId} ({session.State}, {session.TransactionSeconds:0} s){(session.BlockedBy.Count > 0 ? $" waits for {string.Join(", ", session.BlockedBy)}" : "")}: {OneLine(session.Query)}");
        }
    }

    public async Task SlowQueriesAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken)
    {
        var report = await StatementReport.ReadAsync(connection, limit, cancellationToken);
        if (!report.Available)
        {
            throw new HostException(report.Mend!);
        }
        await PrintAsync($"Slowest on average since {report.Since:u}");
        await PrintAsync(report.SlowestByMean);
        await PrintAsync($"Most time in total since {report.Since:u}");
        await PrintAsync(report.MostTimeInTotal);
    }

    public async Task IndexesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await StatementReport.FindMendAsync(connection, cancellationToken) is { } mend)
        {
            await progress.WriteLineAsync($"Without statistics of queries, missing indexes cannot be found. {mend}");
        }
        var advice = await IndexAdvisor.ReadAsync(connection, TimeProvider.System.GetUtcNow(), cancellationToken);
        foreach (var item in advice)
        {
            await PrintAsync($"{item.Kind.ToString().ToUpperInvariant()}  {item.Table} ({item.Rows} rows): {item.Reason}");
            if (item.Evidence is { } evidence)
            {
                await PrintAsync($"  {evidence.Calls} calls, {evidence.MeanMs:0.0} ms each, estimated cost {evidence.Cost:0}: {OneLine(evidence.Query)}");
            }
            if (item.Caveat is { } caveat)
            {
                await PrintAsync($"  but: {caveat}");
            }
            await PrintAsync($"  {item.Ddl};");
        }
        await PrintAsync($"{advice.Count} things to consider; nothing was changed");
    }

    public async Task BloatAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await PrintAsync($"  {"",-40}{"rows",12}{"dead",10}{"dead %",8}{"size",10}{"bloat",10}  last vacuum");
        foreach (var table in (await TableFacts.ReadAsync(connection, ShownTables, cancellationToken)).OrderByDescending(table => table.DeadRows + (table.BloatBytes ?? 0)))
        {
            await PrintAsync($"  {table.Table,-40}{table.Rows,12}{table.DeadRows,10}{table.DeadRatio * 100,8:0.0}{Size(table.TableBytes),10}{(table.BloatBytes is { } bloat ? Size(bloat) : "?"),10}  {(table.LastVacuum is { } at ? $"{at:u}" : "never")}");
        }
        await PrintAsync($"Bloat is estimated from the rows' average width. vacuum makes dead rows' room free for new ones.");
    }

    public async Task VacuumAsync(NpgsqlConnection connection, bool all, CancellationToken cancellationToken)
    {
        var tables = (await TableFacts.ReadAsync(connection, int.MaxValue, cancellationToken)).Where(table => all || table.DeadRatio >= VacuumFrom).ToList();
        foreach (var table in tables)
        {
            await ExecuteAsync(connection, $"VACUUM (ANALYZE) {IndexDdl.QuoteTable(table.Table)}", cancellationToken);
            await PrintAsync($"  {table.Table}: {table.DeadRows} dead rows");
        }
        await PrintAsync($"{tables.Count} tables vacuumed{(all ? "" : $"; those with less than {VacuumFrom:P0} dead rows were left alone (--all takes them as well)")}");
    }

    private async Task PrintAsync(IReadOnlyList<Statement> statements)
    {
        await PrintAsync($"  {"calls",10}{"mean ms",12}{"max ms",12}{"total ms",14}{"rows",12}  query");
        foreach (var statement in statements)
        {
            await PrintAsync($"  {statement.Calls,10}{statement.MeanMs,12:0.00}{statement.MaxMs,12:0.00}{statement.TotalMs,14:0.0}{statement.Rows,12}  {OneLine(statement.Query)}");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task PrintAsync(FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));

    private static string OneLine(string query)
    {
        var line = string.Join(' ', query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestLine ? line : line[..LongestLine] + " …";
    }

    private static string Percent(double? ratio) => ratio is { } value ? value.ToString("P1", CultureInfo.InvariantCulture) : "nothing read yet";

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
    };
}
