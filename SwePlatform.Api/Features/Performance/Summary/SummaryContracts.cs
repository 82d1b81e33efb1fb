namespace SwePlatform.Api.Features.Performance.Summary;

/// <summary>Whether a target is met.</summary>
public enum Verdict
{
    Met,
    Missed,
    NoData,
}

/// <summary>Durations and outcomes of a set of requests. Percentiles come from histograms merged over all replicas.</summary>
/// <param name="ErrorRate">Share of requests that failed through the server's fault (5xx), 0 to 1.</param>
/// <param name="RejectedRate">Share that failed through the caller's fault (4xx, or gone before the answer), 0 to 1.</param>
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

/// <param name="Group">Which target applies; null if none does, as for streams.</param>
public sealed record EndpointFigures(
    string Endpoint,
    string Method,
    string? Group,
    LatencyFigures Figures,
    Target? Target,
    Verdict Verdict
);

public sealed record GroupFigures(string Group, LatencyFigures Figures, Target Target, Verdict Verdict);

public sealed record ToolFigures(string Tool, bool Cached, LatencyFigures Figures);

/// <param name="Window">The span of time that was asked for: <c>5m</c>, <c>1h</c>, <c>24h</c> or <c>30d</c>.</param>
/// <param name="Total">All requests but streams.</param>
public sealed record PerformanceSummary(
    string Window,
    DateTimeOffset From,
    DateTimeOffset To,
    LatencyFigures Total,
    IReadOnlyList<GroupFigures> Groups,
    IReadOnlyList<EndpointFigures> Endpoints,
    IReadOnlyList<ToolFigures> Tools
);

/// <param name="CpuPercent">Of all processors, averaged over the replicas.</param>
public sealed record TimelinePoint(
    DateTimeOffset At,
    double RequestsPerSecond,
    double ErrorRate,
    double? P50Ms,
    double? P95Ms,
    double? P99Ms,
    double? DatabaseP95Ms,
    double? CpuPercent,
    double? WorkingSetBytes,
    double? CacheHitRate
);

/// <param name="StepSeconds">The span of time that each point stands for.</param>
public sealed record PerformanceTimeline(string Window, double StepSeconds, IReadOnlyList<TimelinePoint> Points);

/// <param name="Memory">Answered from the memory of a replica.</param>
/// <param name="Shared">Answered from Redis or Postgres, or by joining a request that was just being answered.</param>
/// <param name="Missed">Had to be made.</param>
public sealed record CacheFigures(
    string Cache,
    long Requests,
    long Memory,
    long Shared,
    long Missed,
    double? HitRate,
    IReadOnlyDictionary<string, long> Levels
);

public sealed record CacheReport(string Window, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CacheFigures> Caches);

public sealed record ResourceFigures(double Average, double Max, double Last);

public sealed record ReplicaResources(string Replica, bool IsCurrent, IReadOnlyDictionary<string, ResourceFigures> Values);

/// <param name="Processors">That this replica may use.</param>
/// <param name="MemoryBytes">That this replica may use.</param>
public sealed record ResourceReport(
    string Window,
    DateTimeOffset From,
    DateTimeOffset To,
    int Processors,
    long MemoryBytes,
    IReadOnlyList<ReplicaResources> Replicas
);
