using System.Diagnostics;
using SwePlatform.Api.Features.Performance.Rollups;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Runs the performance checklist and the diagnosis as probes of the running system.</summary>
internal sealed partial class CheckRunner(
    DatabaseChecks database,
    CacheChecks caches,
    HttpChecks http,
    ResourceChecks resources,
    OperationChecks operations,
    RollupWriter writer,
    TimeProvider time,
    ILogger<CheckRunner> logger
)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The ten items of the optimization checklist.</summary>
    public Task<CheckReport> ChecklistAsync(string? authorization, CancellationToken cancellationToken) =>
        RunAsync(
            [
                (
                    "Optimization checklist",
                    [
                        new("database-indexes", "Database indexes created", database.IndexesAsync),
                        new("connection-pooling", "Connection pooling configured", database.PoolAsync),
                        new("caching", "Caching implemented", caches.LevelsAsync),
                        new("compression", "Response compression enabled", http.CompressionAsync),
                        new("pagination", "Pagination implemented", http.PaginationAsync),
                        new("query-optimization", "Query optimization completed", database.QueriesAsync),
                        new("frontend-bundle", "Frontend bundle optimized", http.BundleAsync),
                        new("cdn", "CDN configured", http.CdnAsync),
                        new("load-testing", "Load testing completed", operations.LoadTestsAsync),
                        new("monitoring", "Performance monitoring set up", operations.MonitoringAsync),
                    ]
                ),
            ],
            authorization,
            cancellationToken
        );

    /// <summary>The three sections of the diagnosis.</summary>
    public Task<CheckReport> DiagnoseAsync(string? authorization, CancellationToken cancellationToken) =>
        RunAsync(
            [
                (
                    "High response times",
                    [
                        new("query-performance", "Database query performance", database.LatencyAsync),
                        new("slow-query-log", "Slow query log", database.SlowLogAsync),
                        new("cache-hit-rates", "Cache hit rates", caches.HitRatesAsync),
                        new("resource-usage", "Resource usage", resources.UsageAsync),
                        new("application-log", "Application log", operations.LogAsync),
                    ]
                ),
                (
                    "High error rates",
                    [
                        new("application-errors", "Errors in the application log", operations.LogAsync),
                        new("connection-pool", "Database connection pool", database.ConnectionsAsync),
                        new("resource-limits", "Resource limits", resources.LimitsAsync),
                        new("rate-limiting", "Rate limiting configuration", operations.RateLimitsAsync),
                    ]
                ),
                (
                    "Memory leaks",
                    [
                        new("memory-trend", "Memory usage over time", resources.MemoryTrendAsync),
                        new("memory-profile", "Memory profile", ResourceChecks.MemoryProfileAsync),
                        new("object-lifecycle", "Object lifecycle", ResourceChecks.ObjectLifecycleAsync),
                        new("unclosed-connections", "Unclosed connections", database.UnclosedAsync),
                    ]
                ),
            ],
            authorization,
            cancellationToken
        );

    private async Task<CheckReport> RunAsync(
        (string Title, Check[] Checks)[] sections,
        string? authorization,
        CancellationToken cancellationToken
    )
    {
        await writer.FlushAsync(cancellationToken);
        var results = new List<CheckSection>();
        foreach (var (title, checks) in sections)
        {
            var found = await Task.WhenAll(checks.Select(check => RunAsync(check, authorization, cancellationToken)));
            results.Add(new(title, Worst(found.Select(result => result.Verdict)), found));
        }
        return new(time.GetUtcNow(), Worst(results.Select(section => section.Verdict)), results);
    }

    private async Task<CheckResult> RunAsync(Check check, string? authorization, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        Finding finding;
        try
        {
            finding = await check.Run(authorization, limited.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception, check.Id);
            finding = Finding.Unknown("The probe itself failed.", "See the server's log for the reason.", exception.Message);
        }
        return new(
            check.Id,
            check.Title,
            finding.Verdict,
            finding.Summary,
            finding.Evidence,
            finding.Fix,
            Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1)
        );
    }

    private static CheckVerdict Worst(IEnumerable<CheckVerdict> verdicts) =>
        verdicts.MaxBy(verdict =>
            verdict switch
            {
                CheckVerdict.Fail => 3,
                CheckVerdict.Unknown => 2,
                CheckVerdict.Warn => 1,
                _ => 0,
            }
        );

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The probe {Check} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string check);
    }
}
