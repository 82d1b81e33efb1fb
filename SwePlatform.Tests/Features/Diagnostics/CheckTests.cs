using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Diagnostics;

/// <summary>The probes see what is right, and what was broken on purpose.</summary>
public sealed class CheckTests(Platform platform)
{
    [Fact]
    public async Task Each_item_of_the_guide_is_probed()
    {
        using var admin = await platform.NewAdminAsync();
        using var member = await platform.NewMemberAsync();

        var checklist = (await admin.GetAsync("/performance/checklist")).Expect(HttpStatusCode.OK);
        var diagnosis = (await admin.GetAsync("/performance/diagnosis")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            [
                "Database indexes created",
                "Connection pooling configured",
                "Caching implemented",
                "Response compression enabled",
                "Pagination implemented",
                "Query optimization completed",
                "Frontend bundle optimized",
                "CDN configured",
                "Load testing completed",
                "Performance monitoring set up",
            ],
            Checks(checklist).Select(check => (string)check["title"]!)
        );
        Assert.Equal(
            ["High response times", "High error rates", "Memory leaks"],
            diagnosis["sections"]!.AsArray().Select(section => (string)section!["title"]!)
        );
        Assert.Equal(13, Checks(diagnosis).Count());
        foreach (var id in new[] { "database-indexes", "connection-pooling", "caching", "compression", "pagination", "monitoring" })
        {
            var check = Checks(checklist).Single(check => (string)check["id"]! == id);
            Assert.True((string)check["verdict"]! == "pass", check.ToJsonString());
            Assert.NotEmpty(check["evidence"]!.AsArray());
        }
        Assert.All(
            Checks(checklist).Concat(Checks(diagnosis)),
            check => Assert.True((string)check["verdict"]! == "pass" || check["fix"] is not null, check.ToJsonString())
        );
        Assert.DoesNotContain(
            Checks(checklist).Concat(Checks(diagnosis)),
            check => (string)check["summary"]! == "The probe itself failed."
        );
        (await member.GetAsync("/performance/checklist")).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("compression", "Http:Compression", "false")]
    [InlineData("monitoring", "Performance:RecordRequests", "false")]
    [InlineData("connection-pooling", "Database:MaxOverflow", "900")]
    [InlineData("caching", "ConnectionStrings:redis", "127.0.0.1:1,connectTimeout=200")]
    public async Task What_is_configured_wrongly_fails(string id, string setting, string value)
    {
        using var admin = await platform.NewAdminAsync();
        await using var broken = platform.StartApi((setting, value));
        using var client = admin.At(broken.ClientOptions.BaseAddress);

        var check = Checks((await client.GetAsync("/performance/checklist")).Expect(HttpStatusCode.OK))
            .Single(check => (string)check["id"]! == id);

        Assert.True((string)check["verdict"]! == "fail", check.ToJsonString());
        Assert.NotNull(check["fix"]);
    }

    [Fact]
    public async Task A_slow_query_and_a_forgotten_transaction_are_seen()
    {
        using var admin = await platform.NewAdminAsync();
        await using var database = NpgsqlDataSource.Create(platform.DatabaseConnectionString);
        for (var i = 0; i < 5; i++)
        {
            await using var slow = database.CreateCommand("SELECT pg_sleep(0.5), 'check test'");
            await slow.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var check = Checks((await admin.GetAsync("/performance/checklist")).Expect(HttpStatusCode.OK))
            .Single(check => (string)check["id"]! == "query-optimization");

        Assert.Equal("fail", (string)check["verdict"]!);
        Assert.Contains(check["evidence"]!.AsArray(), line => ((string)line!).Contains("pg_sleep", StringComparison.Ordinal));
        await using var reset = database.CreateCommand(
            "SELECT pg_stat_statements_reset(0, 0, queryid) FROM pg_stat_statements WHERE query LIKE '%pg_sleep%'"
        );
        await reset.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_redis_answers_are_right_and_no_request_fails()
    {
        using var member = await platform.NewMemberAsync();
        await using var alone = platform.StartApi(("ConnectionStrings:redis", "127.0.0.1:1,connectTimeout=200"));
        using var client = member.At(alone.ClientOptions.BaseAddress);
        (await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);

        (await member.PatchAsync($"/users/{member.UserId}", new { displayName = "Changed elsewhere" })).Expect(HttpStatusCode.OK);

        // It cannot hear of the change, so it must not have remembered.
        Assert.Equal("Changed elsewhere", (string)(await client.GetAsync("/users/me")).Expect(HttpStatusCode.OK)["displayName"]!);
        foreach (
            var path in new[]
            {
                "/projects",
                "/tools",
                "/executions",
                "/performance/summary",
                "/performance/cache",
                "/performance/resources",
            }
        )
        {
            (await client.GetAsync(path)).Expect(HttpStatusCode.OK);
        }
        (await client.GetAsync("//openapi/v1.json")).Expect(HttpStatusCode.OK);
    }

    private static IEnumerable<JsonNode> Checks(JsonNode report) =>
        report["sections"]!.AsArray().SelectMany(section => section!["checks"]!.AsArray()).Select(check => check!);
}
