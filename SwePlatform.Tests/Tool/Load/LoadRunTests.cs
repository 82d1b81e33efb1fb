using System.Text.Json.Nodes;
using SwePlatform.Tool.Load;
using Xunit;

namespace SwePlatform.Tests.Tool.Load;

public sealed class LoadRunTests
{
    private const int Never = int.MaxValue;
    private static readonly MixEntry Good = new("good", "api", 3, "GET", "/good", "/good", Expect: "\"success\":true");
    private static readonly MixEntry Broken = new(
        "broken",
        "tool",
        1,
        "POST",
        "/broken",
        "/broken",
        new JsonObject { ["id"] = "{unique}" }
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_closed_run_counts_what_the_server_saw()
    {
        await using var server = await StallingServer.StartAsync(Never, TimeSpan.Zero);

        var result = await RunAsync(server, LoadPlan.Constant("closed", 4, TimeSpan.FromSeconds(4)), Good, Broken);

        var (good, broken) = (result.Figures[0], result.Figures[1]);
        Assert.Equal(server.Requests, good.Requests + broken.Requests);
        Assert.Equal((0, good.Requests), (good.Failed, good.AsExpected));
        Assert.Equal((broken.Requests, 0), (broken.Failed, broken.AsExpected));
        Assert.Equal(broken.Requests, broken.ByStatus[503]);
        Assert.Equal(4, result.MostUsers);
        Assert.True(good.Requests > broken.Requests, $"Three of four should be good: {good.Requests} and {broken.Requests}.");
    }

    [Fact]
    public async Task An_open_run_sends_as_many_requests_as_were_due()
    {
        await using var server = await StallingServer.StartAsync(Never, TimeSpan.Zero);

        var result = await RunAsync(server, LoadPlan.ConstantRate("open", 200, TimeSpan.FromSeconds(1), 8), Good);

        Assert.Equal((200, 200), (server.Requests, result.All.Requests));
        Assert.Equal(0, result.All.Dropped);
    }

    [Fact]
    public async Task A_server_that_stalls_is_charged_for_all_who_would_have_waited()
    {
        await using var server = await StallingServer.StartAsync(stallAt: 100, TimeSpan.FromSeconds(1));

        var result = await RunAsync(server, LoadPlan.ConstantRate("stall", 200, TimeSpan.FromSeconds(2), maxUsers: 4), Good);

        // Half of the requests were due while it stalled, but only four could be sent.
        Assert.Equal(400, result.All.Requests);
        Assert.InRange(Metrics.Trend(result.All.Latency)["p(99)"], 800, 60_000);
        Assert.InRange(Metrics.Trend(result.All.Latency)["p(90)"], 500, 60_000);
        Assert.InRange(Metrics.Trend(result.All.Service)["max"], 900, 60_000);
        Assert.InRange(Metrics.Trend(result.All.Service)["p(95)"], 0, 500);
    }

    [Fact]
    public async Task A_run_that_is_stopped_gives_what_it_has()
    {
        await using var server = await StallingServer.StartAsync(Never, TimeSpan.Zero);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var result = await RunAsync(server, LoadPlan.Constant("long", 2, TimeSpan.FromHours(1)), stop, StopAtTheFirstAnswers, Good);

        Assert.True(result.Interrupted);
        Assert.InRange(result.All.Requests, 1, server.Requests);
        Assert.Equal(0, result.All.Failed);

        void StopAtTheFirstAnswers(RunProgress progress)
        {
            if (progress.Figures.Requests > 0)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_without_status()
    {
        Uri gone;
        await using (var server = await StallingServer.StartAsync(Never, TimeSpan.Zero))
        {
            gone = server.Address;
        }
        var mix = new RequestMix([Good], gone, new Dictionary<string, string>());
        using var client = new LoadClient(1, authorization: null);

        var sample = await client.SendAsync(mix.Entries[0], Cancel);

        Assert.Equal((Sample.NoAnswer, true), (sample.Status, sample.Failed));
    }

    [Fact]
    public async Task The_summary_has_the_form_of_k6()
    {
        await using var server = await StallingServer.StartAsync(Never, TimeSpan.Zero);

        var result = await RunAsync(server, LoadPlan.Constant("closed", 2, TimeSpan.FromSeconds(3)), Good, Broken);

        var metrics = JsonNode.Parse(K6SummaryWriter.Write(result))!["metrics"]!;
        Assert.Equal(server.Requests, (int)metrics["http_reqs"]!["count"]!);
        Assert.True((double)metrics["http_reqs"]!["rate"]! > 0);
        foreach (var value in new[] { "avg", "min", "med", "max", "p(90)", "p(95)", "p(99)" })
        {
            Assert.True((double)metrics["http_req_duration"]![value]! > 0, value);
            Assert.True((double)metrics["http_req_duration{group:api}"]![value]! > 0, value);
        }
        // As k6 has it: true is a threshold that was crossed, and a failed request is a pass of "failed".
        Assert.False((bool)metrics["http_req_duration{group:api}"]!["thresholds"]!["p(95)<60000"]!);
        Assert.True((bool)metrics["http_req_failed"]!["thresholds"]!["rate<0.01"]!);
        Assert.Equal(result.Figures[1].Requests, (long)metrics["http_req_failed"]!["passes"]!);
        foreach (var metric in new[] { "iterations", "vus", "vus_max", "data_received", "data_sent", "checks" })
        {
            Assert.NotNull(metrics[metric]);
        }
        Assert.Equal(
            ["http_req_failed rate<0.01"],
            result.FailedThresholds.Select(threshold => $"{threshold.Metric} {threshold.Expression}")
        );
    }

    private static Task<RunResult> RunAsync(StallingServer server, LoadPlan plan, params IEnumerable<MixEntry> entries) =>
        RunAsync(server, plan, CancellationTokenSource.CreateLinkedTokenSource(Cancel), _ => { }, entries);

    private static async Task<RunResult> RunAsync(
        StallingServer server,
        LoadPlan plan,
        CancellationTokenSource stop,
        Action<RunProgress> report,
        params IEnumerable<MixEntry> entries
    )
    {
        var mix = new RequestMix(entries, server.Address, new Dictionary<string, string>());
        using var client = new LoadClient(plan.MaxUsers, authorization: null);
        Threshold[] thresholds = [new("http_req_duration{group:api}", "p(95)<60000"), new("http_req_failed", "rate<0.01")];
        return await new LoadRun(plan, mix, client, thresholds, TimeProvider.System).RunAsync(report, stop.Token);
    }
}
