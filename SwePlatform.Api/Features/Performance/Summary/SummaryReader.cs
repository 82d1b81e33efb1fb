using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.Rollups;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Performance.Summary;

/// <summary>Makes reports from what all replicas have measured.</summary>
internal sealed class SummaryReader(RollupQuery rollups, RollupWriter writer, TimeProvider time)
{
    public async Task<PerformanceSummary> SummarizeAsync(Window window, CancellationToken cancellationToken)
    {
        var (from, to) = await BoundsAsync(window, cancellationToken);
        var series = (await rollups.ReadLatenciesAsync(from, to, null, null, cancellationToken))
            .Select(pair => (pair.Key.Key, Summary: pair.Value))
            .ToList();
        var seconds = Math.Max(1, (to - from).TotalSeconds);
        var requests = series.Where(pair => pair.Key.Kind == SeriesKind.Request).ToList();
        var endpoints = requests
            .Select(pair => Describe(pair.Key, pair.Summary, seconds))
            .OrderByDescending(endpoint => endpoint.Figures.Count)
            .ToList();
        var groups = Target
            .All.Select(target =>
            {
                var members =
                    target.Group == Target.Database
                        ? series.Where(pair => pair.Key.Kind == SeriesKind.Database)
                        : requests.Where(pair => Target.GroupOf(pair.Key.Name) == target.Group);
                var figures = Figures(Merge(members.Select(pair => pair.Summary)), seconds);
                return new GroupFigures(target.Group, figures, target, Judge(figures, target));
            })
            .ToList();
        var tools = series
            .Where(pair => pair.Key.Kind == SeriesKind.Tool)
            .Select(pair => new ToolFigures(pair.Key.Name, pair.Key.Label == "cached", Figures(pair.Summary, seconds)))
            .OrderBy(tool => tool.Tool, StringComparer.Ordinal)
            .ToList();
        var total = Merge(requests.Where(pair => Target.GroupOf(pair.Key.Name) is not null).Select(pair => pair.Summary));
        return new(window.Name, from, to, Figures(total, seconds), groups, endpoints, tools);
    }

    public async Task<PerformanceTimeline> TimelineAsync(Window window, CancellationToken cancellationToken)
    {
        var (from, to) = await BoundsAsync(window, cancellationToken);
        var latencies = (await rollups.ReadLatenciesAsync(from, to, window.Step, null, cancellationToken)).ToLookup(pair => pair.Key.At);
        var values = (await rollups.ReadValuesAsync(from, to, window.Step, null, cancellationToken)).ToLookup(pair => pair.Key.At);
        var points = latencies
            .Select(group => group.Key)
            .Union(values.Select(group => group.Key))
            .Order()
            .Select(at =>
            {
                var requests = Figures(
                    Merge(
                        latencies[at]
                            .Where(pair => pair.Key.Key.Kind == SeriesKind.Request && Target.GroupOf(pair.Key.Key.Name) is not null)
                            .Select(pair => pair.Value)
                    ),
                    window.Step.TotalSeconds
                );
                var queries = Merge(latencies[at].Where(pair => pair.Key.Key.Kind == SeriesKind.Database).Select(pair => pair.Value));
                double? Average(string name) =>
                    values[at].Where(pair => pair.Key.Key.Name == name).Select(pair => (double?)pair.Value.Average).Average();
                var lookups = values[at].Where(pair => pair.Key.Key.Name == "cache_requests").ToList();
                var missed = lookups
                    .Where(pair => pair.Key.Key.Label.EndsWith(CacheMetrics.Source, StringComparison.Ordinal))
                    .Sum(pair => pair.Value.Sum);
                var asked = lookups.Sum(pair => pair.Value.Sum);
                return new TimelinePoint(
                    at,
                    requests.RequestsPerSecond,
                    requests.ErrorRate,
                    requests.P50Ms,
                    requests.P95Ms,
                    requests.P99Ms,
                    Round(queries.Durations.Percentile(0.95)),
                    Round(Average("cpu_percent")),
                    Average("working_set_bytes"),
                    asked == 0 ? null : Round(1 - missed / asked)
                );
            });
        return new(window.Name, window.Step.TotalSeconds, [.. points]);
    }

    public async Task<CacheReport> CachesAsync(Window window, CancellationToken cancellationToken)
    {
        var (from, to) = await BoundsAsync(window, cancellationToken);
        var caches = (await rollups.ReadValuesAsync(from, to, null, "cache_requests", cancellationToken))
            .Select(pair => (Parts: pair.Key.Key.Label.Split('/'), Amount: (long)pair.Value.Sum))
            .GroupBy(pair => pair.Parts[0])
            .Select(cache =>
            {
                var levels = cache.GroupBy(pair => pair.Parts[1]).ToDictionary(level => level.Key, level => level.Sum(pair => pair.Amount));
                var (requests, memory, missed) = (
                    levels.Values.Sum(),
                    levels.GetValueOrDefault(CacheMetrics.Memory),
                    levels.GetValueOrDefault(CacheMetrics.Source)
                );
                return new CacheFigures(
                    cache.Key,
                    requests,
                    memory,
                    requests - memory - missed,
                    missed,
                    requests == 0 ? null : Round(1 - missed / (double)requests),
                    levels
                );
            });
        return new(window.Name, from, to, [.. caches.OrderBy(cache => cache.Cache, StringComparer.Ordinal)]);
    }

    public async Task<ResourceReport> ResourcesAsync(Window window, CancellationToken cancellationToken)
    {
        var (from, to) = await BoundsAsync(window, cancellationToken);
        var replicas = (await rollups.ReadValuesAsync(from, to, null, null, cancellationToken))
            .Where(pair => pair.Key.Key.Label.Length == 0)
            .GroupBy(pair => pair.Key.Replica)
            .Select(replica => new ReplicaResources(
                replica.Key,
                replica.Key == RollupWriter.Replica,
                replica.ToDictionary(
                    pair => pair.Key.Key.Name,
                    pair => new ResourceFigures(
                        Math.Round(pair.Value.Average, 3),
                        Math.Round(pair.Value.Max, 3),
                        Math.Round(pair.Value.Last, 3)
                    )
                )
            ));
        return new(
            window.Name,
            from,
            to,
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            [.. replicas.OrderByDescending(replica => replica.IsCurrent)]
        );
    }

    // What this replica has measured until now is part of the answer.
    private async Task<(DateTimeOffset From, DateTimeOffset To)> BoundsAsync(Window window, CancellationToken cancellationToken)
    {
        await writer.FlushAsync(cancellationToken);
        var now = time.GetUtcNow();
        return (now - window.Length, now);
    }

    private static EndpointFigures Describe(SeriesKey key, SeriesSummary summary, double seconds)
    {
        var figures = Figures(summary, seconds);
        var group = Target.GroupOf(key.Name);
        var target = Target.Of(group);
        return new(key.Name, key.Label, group, figures, target, target is null ? Verdict.NoData : Judge(figures, target));
    }

    private static SeriesSummary Merge(IEnumerable<SeriesSummary> summaries)
    {
        var merged = new SeriesSummary();
        foreach (var summary in summaries)
        {
            merged.Add(summary);
        }
        return merged;
    }

    private static Verdict Judge(LatencyFigures figures, Target target) =>
        figures.Count == 0 ? Verdict.NoData
        : figures.P95Ms < target.P95Ms && figures.P99Ms < target.P99Ms ? Verdict.Met
        : Verdict.Missed;

    private static LatencyFigures Figures(SeriesSummary summary, double seconds)
    {
        var durations = summary.Durations;
        var count = durations.Count;
        return new(
            count,
            Math.Round(count / seconds, 3),
            Share(summary.Errors, count),
            Share(summary.Rejected, count),
            Round(durations.MeanMilliseconds),
            Round(durations.Percentile(0.5)),
            Round(durations.Percentile(0.95)),
            Round(durations.Percentile(0.99)),
            count == 0 ? null : durations.MaxMicroseconds / 1000.0
        );
    }

    private static double Share(long part, long all) => all == 0 ? 0 : Math.Round(part / (double)all, 6);

    private static double? Round(double? value) => value is { } known ? Math.Round(known, 3) : null;
}
