using System.Diagnostics;
using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Monitoring;

public sealed class MonitoringTests
{
    private const string Missing = "There is no prometheus on the PATH (on Debian: apt-get install prometheus).";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    // So small that requests have to wait for a connection, and a key soon reaches its limit.
    private static readonly (string, string)[] Narrow =
    [
        ("Database__PoolSize", "1"),
        ("Database__MaxOverflow", "2"),
        ("Database__PoolRecycleSeconds", "1"),
        ("Database__ConnectionTimeoutSeconds", "60"),
        ("RateLimits__PerKey", "3"),
        ("RateLimits__WindowSeconds", "3600"),
        ("RateLimits__SignInsPerAddress", "1000000"),
        ("Auth__MaxRegistrationsPerAddress", "1000000"),
    ];

    [Fact]
    public async Task Every_panel_of_every_dashboard_shows_data_of_a_running_api()
    {
        Assert.SkipUnless(PrometheusServer.IsInstalled, Missing);
        var repositories = Directory.CreateTempSubdirectory("swe-monitoring-").FullName;
        // In a process of its own: in this one, the metrics of other tests' replicas have the same names.
        await using var system = await AspireSystem.StartAsync(
            ["--no-web", "true", "--allow-local:0", repositories],
            builder => builder.Configure("api", Narrow)
        );
        await using var prometheus = await PrometheusServer.StartAsync(system.ApiAddress);
        using var traffic = await Traffic.CreateAsync(system.ApiAddress, new TestRepository(Path.Combine(repositories, "one")));
        var empty = Deployment.Queries().ToList();
        var records = Deployment.RecordedNames().ToList();
        var started = Stopwatch.GetTimestamp();

        while ((empty.Count > 0 || records.Count > 0) && Stopwatch.GetElapsedTime(started) < Timeout)
        {
            await traffic.DriveAsync();
            empty = await StillEmptyAsync(empty, query => prometheus.CountAsync(query.Expression));
            records = await StillEmptyAsync(records, prometheus.CountAsync);
        }

        Assert.True(empty.Count == 0, $"No data:\n{string.Join('\n', empty)}");
        Assert.True(records.Count == 0, $"Not recorded: {string.Join(", ", records)}");
        var known = (await prometheus.ValuesAsync("__name__")).ToHashSet();
        var unknown = Deployment
            .RuleExpressions()
            .Concat(Deployment.Queries().Select(query => query.Expression))
            .SelectMany(Deployment.MetricNames)
            .Distinct()
            .Where(name => !known.Contains(name))
            .ToList();
        Assert.True(unknown.Count == 0, $"No such metric: {string.Join(", ", unknown)}");
        foreach (var (label, selector) in Deployment.Variables())
        {
            Assert.True((await prometheus.ValuesAsync(label, selector)).Count > 0, $"No values: {label} of {selector}");
        }
        await Eventually.HoldsAsync(async () =>
            await prometheus.CountExemplarsAsync("""api_request_duration_seconds_bucket{endpoint="/api/v1/projects"}""") > 0
        );
    }

    [Fact]
    public async Task The_configuration_and_the_rules_are_valid_and_the_rules_do_what_they_say()
    {
        Assert.SkipUnless(PrometheusServer.IsInstalled, Missing);

        foreach (
            var arguments in (string[][])
                [
                    ["check", "config", "prometheus.yml"],
                    ["test", "rules", "tests/rules.yml"],
                ]
        )
        {
            var (exitCode, output) = await PrometheusServer.CheckAsync(arguments);
            Assert.True(exitCode == 0, output);
        }
    }

    [Fact]
    public void Every_alert_is_tested()
    {
        var tests = File.ReadAllText(Path.Combine(Deployment.Folder, "prometheus", "tests", "rules.yml"));
        var alerts = File.ReadAllLines(Path.Combine(Deployment.Folder, "prometheus", "rules", "alerts.yml"))
            .Where(line => line.Contains("- alert: ", StringComparison.Ordinal))
            .Select(line => line.Split(": ")[1])
            .ToList();

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}", tests, StringComparison.Ordinal));
    }

    [Fact]
    public void Dashboards_are_complete()
    {
        var dashboards = Deployment.Dashboards().ToList();

        Assert.Equal(
            ["API Performance", "Database Performance", "System Resources", "Tool Execution"],
            dashboards.Select(dashboard => (string)dashboard.Content["title"]!)
        );
        Assert.Equal(dashboards.Count, dashboards.Select(dashboard => (string)dashboard.Content["uid"]!).Distinct().Count());
        foreach (var (name, content) in dashboards)
        {
            var panels = Deployment.Panels(content).ToList();
            Assert.NotEmpty(panels);
            Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
            foreach (var panel in panels)
            {
                var title = $"{name} / {panel["title"]}";
                Assert.True(panel["targets"]!.AsArray().Count > 0, $"{title} has no query.");
                Assert.True((string?)panel["fieldConfig"]!["defaults"]!["unit"] is { Length: > 0 }, $"{title} has no unit.");
                Assert.True((int)panel["gridPos"]!["x"]! + (int)panel["gridPos"]!["w"]! <= 24, $"{title} is off the grid.");
            }
        }
        // The performance targets are drawn as lines.
        AssertLines("api-performance", "Health checks", 0.1, 0.2);
        AssertLines("api-performance", "API endpoints", 0.5, 1);
        AssertLines("tool-execution", "All executions", 2, 5);
        AssertLines("database-performance", "Query time", 0.1, 0.5);

        void AssertLines(string dashboard, string title, double p95, double p99)
        {
            var panel = Deployment
                .Panels(dashboards.Single(candidate => candidate.Name == dashboard).Content)
                .Single(candidate => (string?)candidate["title"] == title);
            var defaults = panel["fieldConfig"]!["defaults"]!;
            Assert.NotEqual("off", (string?)defaults["custom"]!["thresholdsStyle"]!["mode"]);
            Assert.Equal([p95, p99], defaults["thresholds"]!["steps"]!.AsArray().Select(step => (double?)step!["value"]).OfType<double>());
        }
    }

    private static async Task<List<T>> StillEmptyAsync<T>(List<T> queries, Func<T, Task<int>> count)
    {
        var empty = new List<T>();
        foreach (var query in queries)
        {
            if (await count(query) == 0)
            {
                empty.Add(query);
            }
        }
        return empty;
    }

    /// <summary>Requests of every kind that a panel shows.</summary>
    private sealed class Traffic(ApiClient member, ApiClient agent, Guid project) : IDisposable
    {
        private int _round;

        public static async Task<Traffic> CreateAsync(Uri api, TestRepository repository)
        {
            var (member, agent) = (new ApiClient(api), new ApiClient(api));
            await member.RegisterAsync();
            var project = await member.AddProjectAsync(repository.Write("a.txt", "one\ntwo\n").Commit("First").Folder);
            agent.Http.DefaultRequestHeaders.Add(
                "X-API-Key",
                (string)(await member.PostAsync("/api-keys", new { name = "agent" })).Expect(HttpStatusCode.Created)["key"]!
            );
            return new(member, agent, project);
        }

        public async Task DriveAsync()
        {
            _round++;
            await member.GetAsync("//health");
            await member.RunAsync("code.search", project, new { query = "two" });
            await member.RunAsync("code.search", project, new { query = $"two{_round}" });
            (await member.GetAsync($"/projects/{Guid.CreateVersion7()}")).Expect(HttpStatusCode.NotFound);
            (await member.PostAsync("/auth/register", new { email = member.Email, password = ApiClient.Password })).Expect(
                HttpStatusCode.Conflict
            );
            await member.GetAsync("/users/me");
            await agent.GetAsync("/users/me");
            // More at once than there are connections.
            await Task.WhenAll(Enumerable.Range(0, 24).Select(i => member.GetAsync($"/projects?skip={_round * 100 + i}")));
        }

        public void Dispose()
        {
            member.Dispose();
            agent.Dispose();
        }
    }
}
