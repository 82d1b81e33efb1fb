using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Data;

public sealed class MigrationTests(Platform platform)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_of_the_eight_early_migrations_is_carried_on_and_has_the_schema_of_a_new_one()
    {
        var script = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "SwePlatform.Tests/Data/eight-migrations.sql"), Cancel);
        const string user = """
            INSERT INTO auth.users (id, email, display_name, password_hash, role, created_at, updated_at)
            VALUES ('019aa000-0000-7000-8000-000000000001', 'ada@example.com', 'Ada', 'x', 'admin', now(), now());
            """;

        await using var early = await OwnDatabase.CreateAsync(platform, script + user + Executions);
        await using var fresh = await OwnDatabase.CreateAsync(platform);

        Assert.Equal(
            ["20261124000000_Schema", "20261124235619_Outcomes"],
            await ReadAsync(early, """SELECT migration_id FROM "__EFMigrationsHistory" ORDER BY 1""")
        );
        Assert.Equal(
            ["1  ", "2 failed exit 3", "3 failed stopped: time limit", "4 failed 2 errors", "5 failed 1 of 2 failed", "6  "],
            await ReadAsync(early, "SELECT format('%s %s %s', right(id::text, 1), outcome, outcome_text) FROM executions ORDER BY 1")
        );
        Assert.Equal(["ada@example.com"], await ReadAsync(early, "SELECT email FROM auth.users"));
        foreach (var facts in Schema)
        {
            var expected = await ReadAsync(fresh, facts);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await ReadAsync(early, facts));
        }
    }

    [Fact]
    public async Task A_database_that_stopped_half_way_through_them_is_refused_and_left_as_it_is()
    {
        const string script = """
            CREATE TABLE "__EFMigrationsHistory" (migration_id text PRIMARY KEY, product_version text NOT NULL);
            INSERT INTO "__EFMigrationsHistory" VALUES ('20261123144826_Initial', '10.0.15');
            """;

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => OwnDatabase.CreateAsync(platform, script));

        Assert.Contains("1 of 8 early migrations", refused.Message, StringComparison.Ordinal);
    }

    private const string Executions = """
        INSERT INTO executions (id, user_id, tool_name, arguments, status, result, cached, created_at, generation, timings_cache,
            timings_execute, timings_prepare, timings_queue, timings_saved, timings_serialize, timings_total)
        SELECT ('019aa000-0000-7000-8000-00000000000' || n)::uuid, '019aa000-0000-7000-8000-000000000001', tool, '{}', status, result::json,
            false, now(), 1, 0, 0, 0, 0, 0, 0, 0
        FROM (VALUES (1, 'process.run', 'succeeded', '{"exitCode":0}'), (2, 'process.run', 'succeeded', '{"exitCode":3}'),
            (3, 'process.run', 'succeeded', '{"exitCode":137,"stopped":"time_limit"}'),
            (4, 'project.build', 'succeeded', '{"success":false,"exitCode":1,"errors":[{},{}]}'),
            (5, 'project.test', 'succeeded', '{"success":false,"exitCode":1,"counts":{"total":2,"failed":1},"errors":[]}'),
            (6, 'process.run', 'failed', NULL)) AS known (n, tool, status, result);
        """;

    // Columns, indexes and constraints, but for the partitions of single months.
    private static readonly string[] Schema =
    [
        """
            SELECT format('%s.%s %s %s %s %s %s', c.table_schema, c.table_name, c.column_name, c.udt_name, c.character_maximum_length,
                c.is_nullable, c.column_default)
            FROM information_schema.columns c
            WHERE c.table_schema IN ('public', 'auth', 'audit', 'performance') AND c.table_name !~ '_\d{4}' ORDER BY 1
            """,
        """
            SELECT indexdef FROM pg_indexes
            WHERE schemaname IN ('public', 'auth', 'audit', 'performance') AND tablename !~ '_\d{4}' ORDER BY 1
            """,
        """
            SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace::regnamespace::text IN ('public', 'auth', 'audit', 'performance')
                AND conrelid::regclass::text !~ '_\d{4}' ORDER BY 1
            """,
        """
            SELECT format('%s.%s %s', attrelid::regclass, attname, attstorage) FROM pg_attribute
            WHERE attnum > 0 AND attrelid IN ('execution_outputs'::regclass, 'cached_results'::regclass) ORDER BY 1
            """,
        "SELECT format('%s %s', sequence, hash) FROM audit.audit_start",
    ];

    private static async Task<List<string>> ReadAsync(OwnDatabase database, string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        List<string> rows = [];
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetString(0));
        }
        return rows;
    }
}
