using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Performance;

public sealed class PerformanceTests(Platform platform)
{
    [Fact]
    public async Task What_was_asked_of_any_replica_is_counted_on_each()
    {
        using var admin = await platform.NewAdminAsync();
        await using var other = platform.StartApi();
        using var elsewhere = admin.At(other.ClientOptions.BaseAddress);
        await SummaryAsync(admin);
        var before = Count(await SummaryAsync(elsewhere), "/api/v1/users/{id}", "GET");
        for (var i = 0; i < 7; i++)
        {
            await elsewhere.GetAsync($"/users/{admin.UserId}");
        }
        for (var i = 0; i < 5; i++)
        {
            await admin.GetAsync($"/users/{admin.UserId}");
        }
        // Reading stores what the asked replica has measured. A client may have its answer a moment before it is counted.
        var endpoint = await Eventually.FindAsync(
            async () =>
            {
                await SummaryAsync(elsewhere);
                var summary = await SummaryAsync(admin);
                return Count(summary, "/api/v1/users/{id}", "GET") < before + 12 ? null : Endpoint(summary, "/api/v1/users/{id}", "GET");
            },
            "all requests are counted"
        );
        Assert.Equal("api", (string)endpoint["group"]!);
        Assert.Equal(500, (double)endpoint["target"]!["p95Ms"]!);
        Assert.True((double)endpoint["figures"]!["p50Ms"]! <= (double)endpoint["figures"]!["p99Ms"]!);
    }

    [Fact]
    public async Task A_path_that_leads_nowhere_makes_no_series_of_its_own()
    {
        using var admin = await platform.NewAdminAsync();
        var path = $"/nowhere/{Guid.CreateVersion7()}";
        (await admin.GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound);

        var summary = await Eventually.FindAsync(async () =>
            await SummaryAsync(admin) is var found && Endpoint(found, "unmatched", "GET") is not null ? found : null
        );

        Assert.DoesNotContain(path, summary.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_request_says_what_it_waited_for()
    {
        using var admin = await platform.NewAdminAsync();
        var project = await admin.AddProjectAsync(
            platform.NewRepository().Write("a.txt", $"needle {Guid.CreateVersion7()}").Commit().Folder
        );
        // Only the slowest of each few seconds are kept, and other tests run tools too.
        var slow = await Eventually.FindAsync(
            async () =>
            {
                await admin.RunAsync("code.search", project, new { query = $"needle-{Guid.CreateVersion7()}" });
                var found = (await admin.GetAsync("/performance/slow-requests?window=5m&endpoint=/api/v1/tools/execute&limit=500")).Expect(
                    HttpStatusCode.OK
                )["items"]!.AsArray();
                return Spans(found).Any(span => (string)span["kind"]! == "tool") && Spans(found).Any(IsOfExecutions) ? found : null;
            },
            "a run of a tool and its queries are among the slow requests"
        );
        await admin.DeleteAsync($"/projects/{project}");

        Assert.True((double)Spans(slow).First(IsOfExecutions)["durationMs"]! > 0);
        Assert.All(slow, request => Assert.True((string)request!["traceId"]! is { Length: 32 }));

        static IEnumerable<JsonNode> Spans(JsonArray requests) =>
            requests.SelectMany(request => request!["spans"]!.AsArray()).Select(span => span!);
        static bool IsOfExecutions(JsonNode span) =>
            (string)span["kind"]! == "sql" && (string?)span["detail"] is { } sql && sql.Contains("executions", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_with_its_owners_takes_one_query_however_long_it_is()
    {
        using var admin = await platform.NewAdminAsync();
        using var member = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit().Folder;
        for (var i = 0; i < 5; i++)
        {
            await member.AddProjectAsync(repository);
        }
        await using var replica = platform.StartApi();
        using var client = member.At(replica.ClientOptions.BaseAddress);
        await client.GetAsync("/users/me");
        var from = DateTimeOffset.Parse(
            (string)(await admin.GetAsync("/performance/summary?window=5m")).Body!["to"]!,
            System.Globalization.CultureInfo.InvariantCulture
        );
        (await client.SendAsync(HttpMethod.Get, "/projects", null, ("Cache-Control", "no-cache"))).Expect(HttpStatusCode.OK);

        using var there = admin.At(replica.ClientOptions.BaseAddress);
        var request = await Eventually.FindAsync(
            async () =>
            {
                var slow = (
                    await there.GetAsync(
                        $"/performance/slow-requests?endpoint=/api/v1/projects&limit=500&from={Uri.EscapeDataString(from.ToString("O"))}"
                    )
                ).Expect(HttpStatusCode.OK);
                return slow["items"]!
                    .AsArray()
                    .FirstOrDefault(item => (Guid?)item!["userId"] == member.UserId && (string)item["method"]! == "GET");
            },
            "the request for the list is among the slow requests"
        );

        // A new replica may also have to look up whose session it is, and to open a connection.
        Assert.Single(
            request["spans"]!.AsArray(),
            span => (string)span!["kind"]! == "sql" && ((string?)span["detail"])?.Contains("sessions", StringComparison.Ordinal) == false
        );
    }

    [Fact]
    public async Task Resources_and_caches_are_reported()
    {
        using var admin = await platform.NewAdminAsync();
        await admin.GetAsync("/tools");
        await admin.GetAsync("/tools");

        // A replica that has just been started has no figures yet, and an answer that says so is kept for seconds.
        var resources = await Eventually.FindAsync(async () =>
            (await admin.GetAsync("/performance/resources?window=5m")).Expect(HttpStatusCode.OK)["replicas"]!
                .AsArray()
                .FirstOrDefault(item => (bool)item!["isCurrent"]!)
                ?["values"]!["working_set_bytes"]
        );
        var tools = await Eventually.FindAsync(async () =>
            (await admin.GetAsync("/performance/cache?window=5m")).Expect(HttpStatusCode.OK)["caches"]!
                .AsArray()
                .FirstOrDefault(item => (string)item!["cache"]! == "tools" && (long)item["memory"]! > 0)
        );

        Assert.True((double)resources["last"]! > 1_000_000);
        Assert.True((long)tools["memory"]! > 0);
        await Eventually.HoldsAsync(async () =>
            (await admin.GetAsync("/performance/timeline?window=1h")).Expect(HttpStatusCode.OK)["points"]!.AsArray().Count > 0
        );
    }

    [Fact]
    public async Task An_unknown_window_is_refused_and_details_are_for_administrators()
    {
        using var member = await platform.NewMemberAsync();

        (await member.GetAsync("/performance/summary?window=2w")).ExpectFieldError("window");
        (await member.GetAsync("/performance/slow-requests")).ExpectProblem(HttpStatusCode.Forbidden);
        (await member.GetAsync("/performance/summary")).Expect(HttpStatusCode.OK);
    }

    private static async Task<JsonNode> SummaryAsync(ApiClient client) =>
        (await client.GetAsync("/performance/summary?window=1h")).Expect(HttpStatusCode.OK);

    private static long Count(JsonNode summary, string endpoint, string method) =>
        (long?)Endpoint(summary, endpoint, method)?["figures"]!["count"] ?? 0;

    private static JsonNode? Endpoint(JsonNode summary, string endpoint, string method) =>
        summary["endpoints"]!.AsArray().FirstOrDefault(item => (string)item!["endpoint"]! == endpoint && (string)item["method"]! == method);
}
