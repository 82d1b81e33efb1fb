namespace SwePlatform.Web.Clients;

public sealed record LatencyFigures(
    long Count,
    double RequestsPerSecond,
    double ErrorRate,
    double RejectedRate,
    double? MeanMs,
    double? P50Ms,
    double? P95Ms,
    double? P99Ms,
    double? MaxMs
);

public sealed record PerformanceTarget(string Group, double P95Ms, double P99Ms);

public sealed record EndpointFigures(
    string Endpoint,
    string Method,
    string? Group,
    LatencyFigures Figures,
    PerformanceTarget? Target,
    string Verdict
);

public sealed record GroupFigures(string Group, LatencyFigures Figures, PerformanceTarget Target, string Verdict);

public sealed record ToolFigures(string Tool, bool Cached, LatencyFigures Figures);

public sealed record PerformanceSummary(
    string Window,
    DateTimeOffset From,
    DateTimeOffset To,
    LatencyFigures Total,
    IReadOnlyList<GroupFigures> Groups,
    IReadOnlyList<EndpointFigures> Endpoints,
    IReadOnlyList<ToolFigures> Tools
);

public sealed record TimelinePoint(
    DateTimeOffset At,
    double RequestsPerSecond,
    double ErrorRate,
    double? P50Ms,
    double? P95Ms,
    double? P99Ms,
    double? CpuPercent
);

public sealed record PerformanceTimeline(string Window, double StepSeconds, IReadOnlyList<TimelinePoint> Points);

public sealed record CacheFigures(string Cache, long Requests, long Memory, long Shared, long Missed, double? HitRate);

public sealed record CacheReport(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CacheFigures> Caches);

public sealed record ResourceFigures(double Average, double Max, double Last);

public sealed record ReplicaResources(string Replica, bool IsCurrent, IReadOnlyDictionary<string, ResourceFigures> Values);

public sealed record ResourceReport(
    DateTimeOffset From,
    DateTimeOffset To,
    int Processors,
    long MemoryBytes,
    IReadOnlyList<ReplicaResources> Replicas
);

public sealed record RequestSpan(string Kind, string Name, double StartMs, double DurationMs, string? Detail);

public sealed record SlowRequest(
    Guid Id,
    DateTimeOffset At,
    string Endpoint,
    string Method,
    int Status,
    double DurationMs,
    string TraceId,
    double OtherMs,
    IReadOnlyList<RequestSpan> Spans
);

public sealed record SlowRequestList(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SlowRequest> Items);

public sealed record CheckResult(
    string Id,
    string Title,
    string Verdict,
    string Summary,
    IReadOnlyList<string> Evidence,
    string? Fix,
    double DurationMs
);

public sealed record CheckSection(string Title, string Verdict, IReadOnlyList<CheckResult> Checks);

public sealed record CheckReport(DateTimeOffset At, string Verdict, IReadOnlyList<CheckSection> Sections);

/// <summary>How fast the platform is, and what it finds when it looks at itself.</summary>
internal sealed class PerformanceClient(ApiConnection api, ToolRunConnection patient)
{
    public Task<PerformanceSummary> SummarizeAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<PerformanceSummary>($"performance/summary?window={window}", cancellationToken);

    public Task<PerformanceTimeline> TimelineAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<PerformanceTimeline>($"performance/timeline?window={window}", cancellationToken);

    public Task<CacheReport> CachesAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<CacheReport>($"performance/cache?window={window}", cancellationToken);

    public Task<ResourceReport> ResourcesAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<ResourceReport>($"performance/resources?window={window}", cancellationToken);

    /// <summary>The slowest requests of a window, or of the time between two given ones.</summary>
    public Task<SlowRequestList> SlowRequestsAsync(
        string window,
        string? endpoint,
        string? from,
        string? to,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryString().Add("window", window);
        foreach (var (name, value) in new[] { ("endpoint", endpoint), ("from", from), ("to", to) })
        {
            query = string.IsNullOrEmpty(value) ? query : query.Add(name, value);
        }
        return api.GetAsync<SlowRequestList>($"performance/slow-requests{query}", cancellationToken);
    }

    public Task<CheckReport> ChecklistAsync(CancellationToken cancellationToken) =>
        patient.Api.GetAsync<CheckReport>("performance/checklist", cancellationToken);

    public Task<CheckReport> DiagnoseAsync(CancellationToken cancellationToken) =>
        patient.Api.GetAsync<CheckReport>("performance/diagnosis", cancellationToken);
}
