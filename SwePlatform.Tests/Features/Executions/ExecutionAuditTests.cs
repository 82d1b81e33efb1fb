using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

/// <summary>No execution without its audit entry, and no entry without its execution.</summary>
public sealed class ExecutionAuditTests(Platform platform) : IAsyncLifetime
{
    private const string CountWrites = """
        CREATE TABLE writes (transaction xid8, what text);
        CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO writes VALUES (pg_current_xact_id(), TG_TABLE_NAME);
            RETURN NULL;
        END $$;
        CREATE TRIGGER note AFTER INSERT OR UPDATE ON executions FOR EACH STATEMENT EXECUTE FUNCTION note_write();
        CREATE TRIGGER note AFTER INSERT ON audit.audit_log FOR EACH STATEMENT EXECUTE FUNCTION note_write();
        """;

    private readonly string _signal = Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}");
    private OwnDatabase _database = null!;
    private Platform.ApiFactory _api = null!;
    private ApiClient _client = null!;
    private Guid _project;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static readonly (string, string) Async = ("Prefer", "respond-async");

    public async ValueTask InitializeAsync()
    {
        _database = await OwnDatabase.CreateAsync(platform);
        _api = platform.StartApi(
            ("ConnectionStrings:swedb", _database.Address.ConnectionString),
            ("Database:PoolSize", "2"),
            ("Database:MaxOverflow", "10")
        );
        _client = new(_api.ClientOptions.BaseAddress);
        await _client.LoginAsync(Platform.AdminEmail, Platform.AdminPassword);
        _project = await _client.AddProjectAsync(platform.NewRepository().Write("a.txt", "needle\n").Commit().Folder);
    }

    public async ValueTask DisposeAsync()
    {
        await File.WriteAllTextAsync($"{_signal}.go", "", Cancel);
        _client.Dispose();
        await _api.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_ends_in_its_request_is_one_write_and_a_cached_one_too()
    {
        await _database.ExecuteAsync(CountWrites);
        // Results are shared by all databases.
        var arguments = new { query = $"needle {Guid.CreateVersion7()}" };

        var fresh = (await _client.ExecuteAsync("code.search", _project, arguments)).Expect(HttpStatusCode.OK);
        var cached = (await _client.ExecuteAsync("code.search", _project, arguments)).Expect(HttpStatusCode.OK);

        Assert.Equal((false, true), ((bool)fresh["cached"]!, (bool)cached["cached"]!));
        Assert.Equal(
            ["audit_log,executions", "audit_log,executions"],
            await ReadTextsAsync(
                "SELECT string_agg(what, ',' ORDER BY what) FROM (SELECT DISTINCT transaction, "
                    + "regexp_replace(what, '^audit_log.*', 'audit_log') AS what FROM writes) w GROUP BY transaction"
            )
        );
        Assert.Equal(
            1L,
            await CountAsync($"SELECT count(*) FROM executions WHERE id = '{cached["executionId"]}' AND cached AND result IS NOT NULL")
        );
        Assert.Equal(2L, await CountAsync("SELECT count(*) FROM audit.audit_log WHERE event_type = 'tool.execute'"));
    }

    [Fact]
    public async Task An_end_that_cannot_be_audited_is_no_end()
    {
        await _database.ExecuteAsync("ALTER TABLE audit.audit_log ADD CONSTRAINT refuse CHECK (event_type <> 'tool.execute') NOT VALID");

        var answer = await _client.ExecuteAsync("code.search", _project, new { query = "needle" });

        answer.ExpectProblem(HttpStatusCode.InternalServerError);
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM executions WHERE status = 'succeeded'"));
    }

    [Fact]
    public async Task What_recovery_ends_is_audited()
    {
        var id = (Guid)
            (await _client.ExecuteAsync("test.once", _project, new { file = _signal }, Async)).Expect(HttpStatusCode.Accepted)["id"]!;
        await _database.ExecuteAsync(
            $"UPDATE executions SET lease_owner = gen_random_uuid(), lease_until = now() - interval '1 minute' WHERE id = '{id}'"
        );

        await Eventually.HoldsAsync(async () =>
            await CountAsync($"SELECT count(*) FROM executions WHERE id = '{id}' AND error_code = 'interrupted'") == 1
        );

        Assert.Equal(
            1L,
            await CountAsync(
                $"SELECT count(*) FROM audit.audit_log WHERE event_type = 'tool.execute' AND resource = '{id}' AND "
                    + "outcome = 'failure' AND actor_id IS NOT NULL"
            )
        );
        Assert.True((bool)(await VerifyAsync())["valid"]!);
    }

    [Fact]
    public async Task An_execution_without_an_entry_is_found()
    {
        var id = (Guid)
            (await _client.ExecuteAsync("code.search", _project, new { query = "needle" })).Expect(HttpStatusCode.OK)["executionId"]!;
        Assert.True((bool)(await VerifyAsync())["valid"]!);
        await _database.ExecuteAsync(
            $"INSERT INTO executions SELECT (jsonb_populate_record(e, '{{\"id\":\"{Guid.CreateVersion7()}\"}}')).* "
                + $"FROM executions e WHERE id = '{id}'"
        );

        var verdict = await VerifyAsync();

        Assert.Equal((false, 1), ((bool)verdict["valid"]!, (int)verdict["unauditedExecutions"]!));
        Assert.NotEqual(id, (Guid)verdict["firstUnauditedExecution"]!);
    }

    [Fact]
    public async Task A_call_that_takes_long_is_seen_while_it_runs()
    {
        var call = _client.ExecuteAsync("test.wait", _project, new { file = _signal });

        await Eventually.HoldsAsync(async () =>
            await CountAsync("SELECT count(*) FROM executions WHERE status = 'running' AND tool_name = 'test.wait'") == 1
        );
        await File.WriteAllTextAsync($"{_signal}.go", "", Cancel);

        var answer = (await call).Expect(HttpStatusCode.OK);
        Assert.Equal(
            "succeeded",
            (string)(await _client.GetAsync($"/executions/{answer["executionId"]}")).Expect(HttpStatusCode.OK)["status"]!
        );
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM audit.audit_log WHERE resource = '{answer["executionId"]}'"));
    }

    [Fact]
    public async Task A_key_with_a_known_result_is_kept_with_it()
    {
        (await _client.ExecuteAsync("code.search", _project, new { query = "needle" })).Expect(HttpStatusCode.OK);
        var key = ("Idempotency-Key", "known");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => _client.ExecuteAsync("code.search", _project, new { query = "needle" }, key))
        );

        Assert.Single(answers.Select(answer => (Guid)answer.Expect(HttpStatusCode.OK)["executionId"]!).Distinct());
        Assert.Equal(2L, await CountAsync("SELECT count(*) FROM audit.audit_log WHERE event_type = 'tool.execute'"));
    }

    private async Task<JsonNode> VerifyAsync() => (await _client.GetAsync("/audit/verify")).Expect(HttpStatusCode.OK);

    private async Task<long> CountAsync(string sql)
    {
        await using var command = _database.Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task<List<string>> ReadTextsAsync(string sql)
    {
        await using var command = _database.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var texts = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            texts.Add(reader.GetString(0));
        }
        return texts;
    }
}
