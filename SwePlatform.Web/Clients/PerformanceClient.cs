namespace SwePlatform.Web.Clients;

public sealed record LatencyFiguresDto(
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

public sealed record PerformanceTargetDto(string Group, double P95Ms, double P99Ms);

public sealed record EndpointFiguresDto(
    string Endpoint,
    string Method,
    string? Group,
    LatencyFiguresDto Figures,
    PerformanceTargetDto? Target,
    string Verdict
);

public sealed record GroupFiguresDto(string Group, LatencyFiguresDto Figures, PerformanceTargetDto Target, string Verdict);

public sealed record ToolFiguresDto(string Tool, bool Cached, LatencyFiguresDto Figures);

public sealed record PerformanceSummaryDto(
    string Window,
    DateTimeOffset From,
    DateTimeOffset To,
    LatencyFiguresDto Total,
    IReadOnlyList<GroupFiguresDto> Groups,
    IReadOnlyList<EndpointFiguresDto> Endpoints,
    IReadOnlyList<ToolFiguresDto> Tools
);

public sealed record TimelinePointDto(
    DateTimeOffset At,
    double RequestsPerSecond,
    double ErrorRate,
    double? P50Ms,
    double? P95Ms,
    double? P99Ms,
    double? CpuPercent
);

public sealed record PerformanceTimelineDto(string Window, double StepSeconds, IReadOnlyList<TimelinePointDto> Points);

public sealed record CacheFiguresDto(string Cache, long Requests, long Memory, long Shared, long Missed, double? HitRate);

public sealed record CacheReportDto(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CacheFiguresDto> Caches);

public sealed record ResourceFiguresDto(double Average, double Max, double Last);

public sealed record ReplicaResourcesDto(string Replica, bool IsCurrent, IReadOnlyDictionary<string, ResourceFiguresDto> Values);

public sealed record ResourceReportDto(
    DateTimeOffset From,
    DateTimeOffset To,
    int Processors,
    long MemoryBytes,
    IReadOnlyList<ReplicaResourcesDto> Replicas
);

public sealed record RequestSpanDto(string Kind, string Name, double StartMs, double DurationMs, string? Detail);

public sealed record SlowRequestDto(
    Guid Id,
    DateTimeOffset At,
    string Endpoint,
    string Method,
    int Status,
    double DurationMs,
    string TraceId,
    double OtherMs,
    IReadOnlyList<RequestSpanDto> Spans
);

public sealed record SlowRequestListDto(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SlowRequestDto> Items);

public sealed record CheckResultDto(
    string Id,
    string Title,
    string Verdict,
    string Summary,
    IReadOnlyList<string> Evidence,
    string? Fix,
    double DurationMs
);

public sealed record CheckSectionDto(string Title, string Verdict, IReadOnlyList<CheckResultDto> Checks);

public sealed record CheckReportDto(DateTimeOffset At, string Verdict, IReadOnlyList<CheckSectionDto> Sections);

/// <summary>How fast the platform is, and what it finds when it looks at itself.</summary>
internal sealed class PerformanceClient(ApiConnection api, ToolRunConnection slow)
{
    public Task<PerformanceSummaryDto> SummarizeAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<PerformanceSummaryDto>($"performance/summary?window={window}", cancellationToken);

    public Task<PerformanceTimelineDto> TimelineAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<PerformanceTimelineDto>($"performance/timeline?window={window}", cancellationToken);

    public Task<CacheReportDto> CachesAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<CacheReportDto>($"performance/cache?window={window}", cancellationToken);

    public Task<ResourceReportDto> ResourcesAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<ResourceReportDto>($"performance/resources?window={window}", cancellationToken);

    /// <summary>The slowest requests of a window, or of the time between two given ones.</summary>
    public Task<SlowRequestListDto> SlowRequestsAsync(
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
        return api.GetAsync<SlowRequestListDto>($"performance/slow-requests{query}", cancellationToken);
    }

    public Task<CheckReportDto> ChecklistAsync(CancellationToken cancellationToken) =>
        slow.Api.GetAsync<CheckReportDto>("performance/checklist", cancellationToken);

    public Task<CheckReportDto> DiagnoseAsync(CancellationToken cancellationToken) =>
        slow.Api.GetAsync<CheckReportDto>("performance/diagnosis", cancellationToken);
}
