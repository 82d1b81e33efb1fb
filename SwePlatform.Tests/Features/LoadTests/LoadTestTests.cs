using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.LoadTests;

public sealed class LoadTestTests(Platform platform)
{
    private const string Runs = "/performance/load-tests";

    // A machine of its own for each test, so that no test is compared with another's runs.
    private readonly string _cpu = $"cpu {Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_run_is_stored_with_its_verdicts_and_found_again()
    {
        using var admin = await platform.NewAdminAsync();
        using var member = await platform.NewMemberAsync();

        var stored = await StoreAsync(admin, Exported(p95: 40, crossed: true));

        Assert.False((bool)stored["passed"]!);
        var threshold = Assert.Single(stored["thresholds"]!.AsArray())!;
        Assert.Equal(
            "http_req_duration{group:api} p(95)<500 False",
            $"{threshold["metric"]} {threshold["threshold"]} {(bool)threshold["passed"]!}"
        );
        Assert.Equal("too_few_runs", (string)stored["comparison"]!["verdict"]!);
        Assert.Equal("api", (string)Assert.Single(stored["comparison"]!["investigate"]!.AsArray())!["group"]!);

        var list = (await member.GetAsync($"{Runs}?scenario=load&fingerprint={stored["fingerprint"]}")).Expect(HttpStatusCode.OK);
        Assert.Equal((string)stored["id"]!, (string)Assert.Single(list["items"]!.AsArray())!["id"]!);
        var read = (await member.GetAsync($"{Runs}/{stored["id"]}")).Expect(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(stored["summary"], read["summary"]));
        Assert.Equal(40, Figure(read["figures"]!, "p95", "api"));
    }

    [Fact]
    public async Task The_data_of_handleSummary_says_the_same_as_an_exported_summary()
    {
        using var admin = await platform.NewAdminAsync();

        var exported = await StoreAsync(admin, Exported(p95: 40));
        var handled = await StoreAsync(admin, Handled(p95: 40));

        Assert.True(JsonNode.DeepEquals(exported["figures"], handled["figures"]));
        Assert.True(JsonNode.DeepEquals(exported["thresholds"], handled["thresholds"]));
        Assert.Equal((string)exported["fingerprint"]!, (string)handled["fingerprint"]!);
    }

    [Fact]
    public async Task A_run_beyond_three_deviations_is_named_as_regressed_and_links_to_its_slow_requests()
    {
        using var admin = await platform.NewAdminAsync();
        foreach (var p95 in new[] { 40.0, 41, 39, 40 })
        {
            var steady = await StoreAsync(admin, Exported(p95));
            Assert.NotEqual("regressed", (string)steady["comparison"]!["verdict"]!);
        }

        var slow = await StoreAsync(admin, Exported(p95: 80));

        Assert.True((bool)slow["regressed"]!);
        var comparison = (await admin.GetAsync($"{Runs}/{slow["id"]}/comparison")).Expect(HttpStatusCode.OK);
        Assert.Equal("regressed", (string)comparison["verdict"]!);
        Assert.Equal(["api.p95"], comparison["regressed"]!.AsArray().Select(name => (string)name!));
        Assert.Contains("api.p95 80 (mean 40", (string)comparison["explanation"]!, StringComparison.Ordinal);
        var group = Assert.Single(comparison["investigate"]!.AsArray())!;
        Assert.Equal("api", (string)group["group"]!);
        Assert.Contains(
            group["slowRequests"]!.AsArray(),
            link =>
                ((string)link!).StartsWith(
                    "/api/v1/performance/slow-requests?endpoint=%2Fapi%2Fv1%2Fprojects&from=2026-01-01T00:04:00.000Z&to=",
                    StringComparison.Ordinal
                )
        );

        // It is no measure for what follows.
        Assert.Equal("regressed", (string)(await StoreAsync(admin, Exported(p95: 80)))["comparison"]!["verdict"]!);
    }

    [Fact]
    public async Task What_differs_by_chance_or_by_nothing_that_matters_is_no_regression()
    {
        using var admin = await platform.NewAdminAsync();
        foreach (var p95 in new[] { 30.0, 50, 35, 45 })
        {
            await StoreAsync(admin, Exported(p95));
        }
        Assert.Equal("steady", (string)(await StoreAsync(admin, Exported(p95: 60)))["comparison"]!["verdict"]!);

        foreach (var _ in Enumerable.Range(0, 4))
        {
            await StoreAsync(admin, Exported(p95: 40), scenario: "equal");
        }
        Assert.Equal("steady", (string)(await StoreAsync(admin, Exported(p95: 43), scenario: "equal"))["comparison"]!["verdict"]!);
    }

    [Fact]
    public async Task Few_runs_that_agree_by_luck_condemn_nothing_that_is_close()
    {
        using var admin = await platform.NewAdminAsync();
        foreach (var p95 in new[] { 40.0, 40.1, 39.9 })
        {
            await StoreAsync(admin, Exported(p95));
        }

        Assert.Equal("too_few_runs", (string)(await StoreAsync(admin, Exported(p95: 40)))["comparison"]!["verdict"]!);
        Assert.Equal("steady", (string)(await StoreAsync(admin, Exported(p95: 45.5)))["comparison"]!["verdict"]!);
        Assert.Equal("regressed", (string)(await StoreAsync(admin, Exported(p95: 60)))["comparison"]!["verdict"]!);
    }

    [Fact]
    public async Task One_run_of_a_scenario_and_machine_is_the_baseline()
    {
        using var admin = await platform.NewAdminAsync();
        var first = await StoreAsync(admin, Exported(p95: 40));
        var second = await StoreAsync(admin, Exported(p95: 50));

        (await admin.SendAsync(HttpMethod.Put, $"{Runs}/{first["id"]}/baseline", null)).Expect(HttpStatusCode.OK);
        (await admin.SendAsync(HttpMethod.Put, $"{Runs}/{second["id"]}/baseline", null)).Expect(HttpStatusCode.OK);
        var third = await StoreAsync(admin, Exported(p95: 60));

        var comparison = third["comparison"]!;
        Assert.Equal((string)second["id"]!, (string)comparison["baselineId"]!);
        var figure = comparison["figures"]!.AsArray().Single(one => (string?)one!["group"] == "api" && (string)one["name"]! == "p95")!;
        Assert.Equal(50, (double)figure["baseline"]!);
        Assert.Equal(0.2, (double)figure["baselineChange"]!, 3);
        Assert.False((bool)(await admin.GetAsync($"{Runs}/{first["id"]}")).Expect(HttpStatusCode.OK)["isBaseline"]!);

        (await admin.DeleteAsync($"{Runs}/{second["id"]}")).Expect(HttpStatusCode.NoContent);
        (await admin.GetAsync($"{Runs}/{second["id"]}")).ExpectProblem(HttpStatusCode.NotFound);
        (await admin.SendAsync(HttpMethod.Put, $"{Runs}/{second["id"]}/baseline", null)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Members_read_and_administrators_write()
    {
        using var member = await platform.NewMemberAsync();

        (await member.PostAsync(Runs, Request(Exported(p95: 40)))).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.DeleteAsync($"{Runs}/{Guid.CreateVersion7()}")).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.SendAsync(HttpMethod.Put, $"{Runs}/{Guid.CreateVersion7()}/baseline", null)).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.GetAsync(Runs)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("{}", "summary")]
    [InlineData("[]", "summary")]
    [InlineData("{\"metrics\":[]}", "summary")]
    [InlineData("{\"metrics\":{\"http_reqs\":{\"rate\":\"fast\"}}}", "summary.metrics.http_reqs")]
    [InlineData("{\"metrics\":{\"http_reqs\":{\"rate\":-1}}}", "summary.metrics.http_reqs")]
    [InlineData("{\"metrics\":{\"http_reqs\":{\"rate\":1e999}}}", "summary.metrics.http_reqs")]
    [InlineData("{\"metrics\":{\"http_reqs\":{\"rate\":1},\"http_req_failed\":{\"value\":2}}}", "summary.metrics.http_req_failed")]
    [InlineData("{\"metrics\":{\"http_reqs\":{\"rate\":1},\"http_req_failed\":{\"value\":0}}}", "summary.metrics.http_req_duration")]
    [InlineData(
        "{\"metrics\":{\"http_reqs\":{\"rate\":1},\"http_req_failed\":{\"value\":0},\"http_req_duration\":{\"med\":1,"
            + "\"p(95)\":1,\"thresholds\":3}}}",
        "summary.metrics.http_req_duration"
    )]
    [InlineData(
        "{\"metrics\":{\"http_reqs\":{\"rate\":1},\"http_req_failed\":{\"value\":0},\"http_req_duration\":{\"med\":1,"
            + "\"p(95)\":1},\"x\":7}}",
        "summary.metrics.x"
    )]
    public async Task A_summary_that_lacks_what_is_needed_is_refused_by_name(string summary, string field)
    {
        using var admin = await platform.NewAdminAsync();

        (await admin.PostAsync(Runs, Request(JsonNode.Parse(summary)!))).ExpectFieldError(field);
    }

    [Theory]
    [InlineData("scenario", "\"Load Test!\"")]
    [InlineData("commit", "\"main\"")]
    [InlineData("durationSeconds", "0")]
    [InlineData("startedAt", "\"2999-01-01T00:00:00Z\"")]
    [InlineData("machine.cores", "0")]
    [InlineData("machine.os", "\"\"")]
    public async Task A_field_that_cannot_be_is_refused_by_name(string field, string value)
    {
        using var admin = await platform.NewAdminAsync();
        var request = Request(Exported(p95: 40));
        var path = field.Split('.');
        (path.Length == 1 ? request : request[path[0]]!.AsObject())[path[^1]] = JsonNode.Parse(value);

        (await admin.PostAsync(Runs, request)).ExpectFieldError(field);
    }

    [Theory]
    [InlineData("group:api", "group:\\ud800")]
    [InlineData("group:api", "group:a\\u0000b")]
    [InlineData("\"metrics\"", "\"note\":\"\\ud800\",\"metrics\"")]
    [InlineData("\"metrics\"", "\"\\ud800\":1,\"metrics\"")]
    public async Task Text_that_no_store_can_hold_is_refused_in_a_summary_too(string part, string text)
    {
        using var admin = await platform.NewAdminAsync();
        var summary = Exported(p95: 40).ToJsonString().Replace(part, text, StringComparison.Ordinal);
        var body = Request(new JsonObject()).ToJsonString().Replace("\"summary\":{}", $"\"summary\":{summary}", StringComparison.Ordinal);

        (
            await admin.SendAsync(HttpMethod.Post, Runs, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))
        ).ExpectProblem(HttpStatusCode.BadRequest);
    }

    private static JsonObject Exported(double p95, bool crossed = false) =>
        new()
        {
            ["metrics"] = new JsonObject
            {
                ["http_reqs"] = new JsonObject { ["count"] = 1000, ["rate"] = 100 },
                ["http_req_failed"] = new JsonObject
                {
                    ["value"] = 0,
                    ["passes"] = 0,
                    ["fails"] = 1000,
                },
                ["http_req_duration"] = new JsonObject
                {
                    ["med"] = 5,
                    ["p(95)"] = 30,
                    ["p(99)"] = 90,
                },
                ["http_req_duration{group:api}"] = new JsonObject
                {
                    ["med"] = 6,
                    ["p(95)"] = p95,
                    ["p(99)"] = 99,
                    ["thresholds"] = new JsonObject { ["p(95)<500"] = crossed },
                },
            },
        };

    private static JsonObject Handled(double p95) =>
        new()
        {
            ["metrics"] = new JsonObject
            {
                ["http_reqs"] = Values(new() { ["count"] = 1000, ["rate"] = 100 }),
                ["http_req_failed"] = Values(
                    new()
                    {
                        ["rate"] = 0,
                        ["passes"] = 0,
                        ["fails"] = 1000,
                    }
                ),
                ["http_req_duration"] = Values(
                    new()
                    {
                        ["med"] = 5,
                        ["p(95)"] = 30,
                        ["p(99)"] = 90,
                    }
                ),
                ["http_req_duration{group:api}"] = new JsonObject
                {
                    ["type"] = "trend",
                    ["values"] = new JsonObject
                    {
                        ["med"] = 6,
                        ["p(95)"] = p95,
                        ["p(99)"] = 99,
                    },
                    ["thresholds"] = new JsonObject { ["p(95)<500"] = new JsonObject { ["ok"] = true } },
                },
            },
        };

    private static JsonObject Values(JsonObject values) => new() { ["type"] = "trend", ["values"] = values };

    private static double Figure(JsonNode figures, string name, string? group) =>
        (double)figures.AsArray().Single(figure => (string)figure!["name"]! == name && (string?)figure["group"] == group)!["value"]!;

    private int _stored;

    private JsonObject Request(JsonNode summary, string scenario = "load") =>
        new()
        {
            ["scenario"] = scenario,
            ["runner"] = "k6",
            ["commit"] = "0123456789abcdef",
            ["machine"] = new JsonObject
            {
                ["cpuModel"] = _cpu,
                ["cores"] = 2,
                ["memoryMegabytes"] = 16000 + _stored,
                ["os"] = "Linux",
            },
            ["startedAt"] = new DateTimeOffset(2026, 1, 1, 0, _stored, 0, TimeSpan.Zero),
            ["durationSeconds"] = 60,
            ["summary"] = summary.DeepClone(),
        };

    private async Task<JsonNode> StoreAsync(ApiClient admin, JsonNode summary, string scenario = "load")
    {
        var stored = (await admin.PostAsync(Runs, Request(summary, scenario))).Expect(HttpStatusCode.Created);
        _stored++;
        return stored;
    }
}
