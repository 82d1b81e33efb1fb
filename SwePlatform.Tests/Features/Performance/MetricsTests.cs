using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Performance;

/// <summary>
/// What a scrape shows. Of an API in a process of its own: in one with several, the first that ends takes the series of the others along.
/// </summary>
public sealed class MetricsTests(Platform platform, BrowserSystem running)
{
    [Fact]
    public async Task Requests_queries_and_the_time_that_Redis_takes_are_shown()
    {
        var system = await running.GetSystemAsync();
        using var member = new ApiClient(system.ApiAddress);
        await member.LoginAsync(Platform.AdminEmail, BrowserSystem.AdminPassword);
        var repository = new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
            .Write("a.txt", "needle")
            .Commit();
        var project = await member.AddProjectAsync(repository.Folder);
        await member.RunAsync("code.search", project, new { query = $"needle-{Guid.CreateVersion7()}" });
        await member.GetAsync("//health");

        string[] expected =
        [
            "http_server_request_duration_seconds_bucket\\{",
            "db_query_duration_seconds_bucket\\{",
            "rollup_write_failures_total",
            "http_server_active_requests\\{",
            """api_request_duration_seconds_count{[^}]*endpoint="/health"[^}]*} [1-9]""",
            .. new[] { "result read", "result write", "cache write", "ping" }.Select(operation =>
                $$"""redis_command_duration_seconds_count{[^}]*operation="{{operation}}",outcome="answered"[^}]*} [1-9]"""
            ),
            """redis_command_duration_seconds_bucket{[^}]*operation="ping",outcome="answered",le="5"[^}]*} [1-9]""",
        ];
        // Results are stored behind the answer, and a scrape right after another gets the same.
        foreach (var series in expected)
        {
            await Eventually.HoldsAsync(
                async () => Regex.IsMatch((string)(await member.GetAsync("//metrics")).Expect(HttpStatusCode.OK)!, $"(?m)^{series}"),
                series
            );
        }
    }

    [Fact]
    public async Task A_write_of_measurements_that_fails_is_counted()
    {
        long failures = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "rollup_write_failures")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, amount, _, _) => Interlocked.Add(ref failures, amount));
        listener.Start();
        await using var database = await OwnDatabase.CreateAsync(platform);
        await using var replica = platform.StartApi(("ConnectionStrings:swedb", database.Address.ConnectionString));
        using var member = new ApiClient(replica.ClientOptions.BaseAddress);
        await member.RegisterAsync();

        await database.ExecuteAsync("ALTER TABLE performance.latency_rollups RENAME TO gone");
        (await member.GetAsync("/performance/summary")).ExpectProblem(HttpStatusCode.InternalServerError);
        await database.ExecuteAsync("ALTER TABLE performance.gone RENAME TO latency_rollups");

        Assert.True(Volatile.Read(ref failures) > 0);
        // A client may have its answer a moment before it is counted.
        await Eventually.HoldsAsync(async () =>
            (await member.GetAsync("/performance/summary"))
                .Expect(HttpStatusCode.OK)
                .ToJsonString()
                .Contains("/api/v1/auth/register", StringComparison.Ordinal)
        );
    }
}
