using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Database;

public sealed class DatabasePerformanceTests(Platform platform) : IAsyncLifetime
{
    private const string Database = "/performance/database";
    private const string Indexes = Database + "/indexes";

    private readonly string _table = $"items_{Guid.CreateVersion7().ToString("N")[^12..]}";
    private NpgsqlDataSource _source = null!;
    private ApiClient _admin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Table => $"performance.{_table}";

    public async ValueTask InitializeAsync()
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(platform.DatabaseConnectionString) { MaxPoolSize = 2 });
        _admin = await platform.NewAdminAsync();
        await ExecuteAsync(
            $"""
            CREATE TABLE {Table}_owners AS SELECT g AS id, 'owner ' || g AS name FROM generate_series(1, 2000) AS g;
            ALTER TABLE {Table}_owners ADD PRIMARY KEY (id);
            CREATE TABLE {Table} AS
                SELECT g AS id, 1 + g % 2000 AS owner_id, md5(g::text) AS code, repeat('x', 200) AS filler,
                    '[]'::json AS document
                FROM generate_series(1, 20000) AS g;
            ALTER TABLE {Table} ADD PRIMARY KEY (id), ADD FOREIGN KEY (owner_id) REFERENCES {Table}_owners;
            ANALYZE {Table}; ANALYZE {Table}_owners
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP TABLE {Table}, {Table}_owners");
        await _source.DisposeAsync();
        _admin.Dispose();
    }

    [Fact]
    public async Task The_report_tells_of_settings_connections_statements_tables_and_indexes()
    {
        var report = (await _admin.GetAsync(Database)).Expect(HttpStatusCode.OK);

        Assert.All(report["settings"]!.AsArray(), setting => Assert.True((bool)setting!["matches"]!, setting.ToJsonString()));
        Assert.Equal(197, (int)report["connections"]!["most"]!);
        Assert.Equal(60, (int)report["connections"]!["pool"]!["most"]!);
        Assert.True((long)report["connections"]!["pool"]!["used"]! + (long)report["connections"]!["pool"]!["idle"]! > 0);
        Assert.InRange((double)report["cache"]!["tableRatio"]!, 0, 1);
        Assert.True((bool)report["statements"]!["available"]!);
        Assert.NotEmpty(report["statements"]!["slowestByMean"]!.AsArray());
        Assert.Contains(report["tables"]!.AsArray(), table => (string)table!["table"]! == Table);
        Assert.NotEmpty(report["indexes"]!.AsArray());
        Assert.NotNull(report["activity"]);
    }

    [Fact]
    public async Task A_query_that_waits_for_another_is_shown_with_what_it_waits_for()
    {
        await using var holder = await _source.OpenConnectionAsync(Cancel);
        await using var held = await holder.BeginTransactionAsync(Cancel);
        await using var take = new NpgsqlCommand($"LOCK TABLE {Table}", holder);
        await take.ExecuteNonQueryAsync(Cancel);
        var waiting = ExecuteAsync($"UPDATE {Table} SET code = 'secret' WHERE id = 1");

        // It is at work for a moment before it waits.
        var blocked = await Eventually.FindAsync(async () =>
            (await _admin.GetAsync(Database)).Expect(HttpStatusCode.OK)["activity"]!
                .AsArray()
                .FirstOrDefault(session =>
                    ((string)session!["query"]!).Contains($"UPDATE {Table}", StringComparison.Ordinal)
                    && session["blockedBy"]!.AsArray().Count > 0
                )
        );

        await held.RollbackAsync(Cancel);
        await waiting;
        Assert.Equal([holder.ProcessID], blocked["blockedBy"]!.AsArray().Select(process => (int)process!));
        Assert.DoesNotContain("secret", blocked.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_index_is_found_by_the_queries_that_need_it_made_and_taken_back()
    {
        await RepeatAsync($"SELECT id, filler FROM {Table} WHERE code = 'x'");

        var advice = await AdviceAsync("missing", "code");
        Assert.True((long)advice["evidence"]!["calls"]! >= 10);
        Assert.Contains("Seq Scan", advice["evidence"]!["plan"]!.ToJsonString(), StringComparison.Ordinal);

        var made = await ApplyAsync(new { adviceId = (string)advice["id"]! });
        Assert.True((string)made["status"]! == "done", made.ToJsonString());
        Assert.True((double)made["gain"]! > 0.9, made.ToJsonString());
        Assert.Contains("Index Scan", made["planAfter"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.True((long)made["indexBytes"]! > 0);
        Assert.True(await IsThereAsync($"idx_{_table}_code"));
        (await _admin.PostAsync(Indexes, new { adviceId = (string)advice["id"]! })).ExpectProblem(HttpStatusCode.NotFound);

        (await _admin.DeleteAsync($"{Indexes}/{made["id"]}")).Expect(HttpStatusCode.Accepted);
        Assert.Equal("undone", (string)(await SettleAsync((string)made["id"]!))["status"]!);
        Assert.False(await IsThereAsync($"idx_{_table}_code"));
        (await _admin.DeleteAsync($"{Indexes}/{made["id"]}")).ExpectProblem(HttpStatusCode.Conflict);
        var audit = (await _admin.GetAsync("/audit/logs?eventType=index.undo&limit=100")).Expect(HttpStatusCode.OK);
        Assert.Contains(audit["items"]!.AsArray(), entry => (string)entry!["resource"]! == (string)made["id"]!);
    }

    [Fact]
    public async Task A_join_and_a_sorted_page_without_an_index_are_found()
    {
        await RepeatAsync($"SELECT i.id FROM {Table} i JOIN {Table}_owners o ON o.id = i.owner_id WHERE o.name = 'owner 7'");
        await RepeatAsync($"SELECT id, filler FROM {Table} ORDER BY code DESC LIMIT 10");

        Assert.Equal(
            [Table, $"{Table}_owners"],
            (await AllAdviceAsync())
                .Where(item => (string)item["kind"]! == "missing" && Columns(item) is "owner_id" or "name")
                .Select(item => (string)item["table"]!)
                .Order()
        );
        Assert.Contains("sorted", (string)(await AdviceAsync("missing", "code"))["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_key_without_an_index_is_found()
    {
        var advice = await AdviceAsync("foreign_key", "owner_id");

        Assert.Contains($"CREATE INDEX CONCURRENTLY \"idx_{_table}_owner_id\"", (string)advice["ddl"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duplicate_and_unused_indexes_are_found_and_what_is_dropped_can_be_had_back()
    {
        await ExecuteAsync($"CREATE INDEX {_table}_short ON {Table} (code); CREATE INDEX {_table}_long ON {Table} (code, owner_id)");

        Assert.Equal($"{_table}_long", (string)(await AdviceAsync("unused", "code,owner_id"))["index"]!);
        var advice = await AdviceAsync("duplicate", "code");
        Assert.Equal($"{_table}_short", (string)advice["index"]!);

        var dropped = await ApplyAsync(new { adviceId = (string)advice["id"]! });
        Assert.True((string)dropped["status"]! == "done", dropped.ToJsonString());
        Assert.False(await IsThereAsync($"{_table}_short"));
        (await _admin.DeleteAsync($"{Indexes}/{dropped["id"]}")).Expect(HttpStatusCode.Accepted);
        Assert.Equal("undone", (string)(await SettleAsync((string)dropped["id"]!))["status"]!);
        Assert.True(await IsThereAsync($"{_table}_short"));
    }

    [Fact]
    public async Task An_index_that_cannot_be_built_leaves_nothing_behind()
    {
        // Incompressible, and longer than an entry of an index may be.
        await ExecuteAsync(
            $"UPDATE {Table} SET filler = (SELECT string_agg(md5(g::text), '') FROM generate_series(1, 500) AS g) WHERE id = 1"
        );

        var change = await ApplyAsync(new { table = Table, columns = new[] { "filler" } });

        Assert.Equal("failed", (string)change["status"]!);
        Assert.Contains("maximum", (string)change["error"]!, StringComparison.Ordinal);
        Assert.False(await IsThereAsync($"idx_{_table}_filler"));
    }

    [Theory]
    [InlineData("""{}""", "adviceId")]
    [InlineData("""{"adviceId":"x","drop":"public.y"}""", "adviceId")]
    [InlineData("""{"table":"pg_catalog.pg_class","columns":["relname"]}""", "table")]
    [InlineData("""{"table":"performance.x; DROP TABLE public.projects","columns":["a"]}""", "table")]
    [InlineData("""{"table":"TABLE"}""", "columns")]
    [InlineData("""{"table":"TABLE","columns":[]}""", "columns")]
    [InlineData("""{"table":"TABLE","columns":[null]}""", "columns")]
    [InlineData("""{"table":"TABLE","columns":["code) WHERE (true"]}""", "columns")]
    [InlineData("""{"table":"TABLE","columns":["code","code"]}""", "columns")]
    [InlineData("""{"table":"TABLE","columns":["document"]}""", "columns")]
    [InlineData("""{"drop":"public.nothing"}""", "drop")]
    public async Task What_the_catalog_does_not_know_is_refused(string body, string field)
    {
        var json = new StringContent(
            body.Replace("TABLE", Table, StringComparison.Ordinal).Replace($"DROP {Table}", "DROP TABLE", StringComparison.Ordinal),
            null,
            "application/json"
        );

        (await _admin.SendAsync(HttpMethod.Post, Indexes, json)).ExpectFieldError(field);
    }

    [Fact]
    public async Task Indexes_that_keep_a_rule_and_those_of_partitioned_tables_are_left_alone()
    {
        (await _admin.PostAsync(Indexes, new { drop = $"{Table}_pkey" })).ExpectProblem(HttpStatusCode.Conflict);
        (await _admin.PostAsync(Indexes, new { drop = "audit.idx_audit_logs_id" })).ExpectProblem(HttpStatusCode.Conflict);
        (await _admin.PostAsync(Indexes, new { table = "audit.audit_log", columns = new[] { "resource" } })).ExpectProblem(
            HttpStatusCode.Conflict
        );
    }

    [Fact]
    public async Task Members_see_and_change_nothing_of_it()
    {
        using var member = await platform.NewMemberAsync();

        (await member.GetAsync(Database)).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.GetAsync(Indexes)).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.PostAsync(Indexes, new { adviceId = "x" })).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.DeleteAsync($"{Indexes}/{Guid.CreateVersion7()}")).ExpectProblem(HttpStatusCode.Forbidden);
    }

    private async Task RepeatAsync(string sql)
    {
        for (var i = 0; i < 10; i++)
        {
            await ExecuteAsync(sql);
        }
    }

    private async Task<IEnumerable<JsonNode>> AllAdviceAsync()
    {
        var report = (await _admin.GetAsync(Indexes)).Expect(HttpStatusCode.OK);
        return report["advice"]!
            .AsArray()
            .Select(item => item!)
            .Where(item => ((string)item["table"]!).StartsWith(Table, StringComparison.Ordinal));
    }

    private async Task<JsonNode> AdviceAsync(string kind, string columns)
    {
        var all = (await AllAdviceAsync()).ToList();
        return all.FirstOrDefault(item => (string)item["kind"]! == kind && Columns(item) == columns)
            ?? throw new Xunit.Sdk.XunitException(
                $"No {kind} on {columns}: {string.Join('\n', all.Select(item => $"{item["kind"]} {item["table"]} {Columns(item)}"))}"
            );
    }

    private static string Columns(JsonNode advice) => string.Join(',', advice["columns"]!.AsArray().Select(column => (string)column!));

    private async Task<JsonNode> ApplyAsync(object request)
    {
        var answer = await _admin.PostAsync(Indexes, request);
        var change = answer.Expect(HttpStatusCode.Accepted);
        Assert.Equal($"/api/v1{Indexes}/{change["id"]}", answer.Headers.Location!.OriginalString);
        return await SettleAsync((string)change["id"]!);
    }

    private Task<JsonNode> SettleAsync(string id) =>
        Eventually.FindAsync(async () =>
            (await _admin.GetAsync($"{Indexes}/{id}")).Expect(HttpStatusCode.OK) is var change
            && (string)change["status"]! is not ("running" or "undoing")
                ? change
                : null
        );

    private async Task<bool> IsThereAsync(string index)
    {
        await using var command = _source.CreateCommand($"SELECT to_regclass('performance.{index}') IS NOT NULL");
        return await command.ExecuteScalarAsync(Cancel) is true;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
