using Npgsql;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tests.Tool.CommandLine;
using SwePlatform.Tool.Database;
using Xunit;

namespace SwePlatform.Tests.Tool.Database;

public sealed class DatabaseCommandTests(Platform platform) : IDisposable
{
    private readonly Swe _swe = new(platform);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_reports_are_the_APIs()
    {
        var queries = await _swe.RunAsync("database", "slow-queries", "--limit", "3");
        var bloat = await _swe.RunAsync("database", "bloat");
        var indexes = await _swe.RunAsync("database", "indexes");

        Assert.Equal((0, 0, 0), (queries.ExitCode, bloat.ExitCode, indexes.ExitCode));
        Assert.Contains("Most time in total since", queries.Output, StringComparison.Ordinal);
        // Two titles, two headings, and three statements below each.
        Assert.Equal(10, queries.Output.Trim().Split('\n').Length);
        Assert.Contains("  public.projects ", bloat.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", indexes.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyzing_needs_only_the_database()
    {
        var outcome = await _swe.RunAsync("database", "analyze");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("the planner's statistics are up to date", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"Connections: \d+ of \d+", outcome.Output);
    }

    [Fact]
    public async Task A_vacuum_takes_tables_with_dead_rows_whatever_their_names()
    {
        await using var database = await OwnDatabase.CreateAsync(platform);
        await database.ExecuteAsync(
            """
            CREATE TABLE performance."odd "" name" WITH (autovacuum_enabled = false) AS SELECT g AS id FROM generate_series(1, 1000) AS g;
            DELETE FROM performance."odd "" name" WHERE id <= 500
            """
        );
        using var output = new StringWriter();
        await using var connection = new NpgsqlConnection(database.Address.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using (var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", connection))
        {
            await flush.ExecuteNonQueryAsync(Cancel);
        }
        await Eventually.HoldsAsync(async () =>
        {
            await using var dead = new NpgsqlCommand(
                "SELECT coalesce(sum(n_dead_tup), 0)::bigint FROM pg_stat_user_tables WHERE relname LIKE 'odd%'",
                connection
            );
            return await dead.ExecuteScalarAsync(Cancel) is > 0L;
        });

        await new DatabaseMaintenance(output).VacuumAsync(connection, all: false, Cancel);

        Assert.Contains("  performance.\"odd \"\" name\": 500 dead rows", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_platform_that_is_stopped_is_not_looked_for()
    {
        using var stopped = new Swe();

        var outcome = await stopped.RunAsync("database", "analyze");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is not running. Start it with: ./run.sh", outcome.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _swe.Dispose();
}
