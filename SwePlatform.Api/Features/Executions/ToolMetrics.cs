using System.Diagnostics.Metrics;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Features.Executions;

/// <summary>What is measured about tools.</summary>
internal sealed class ToolMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _cacheRequests;
    private readonly Counter<long> _cacheBytes;
    private readonly Histogram<double> _queue;

    public ToolMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(Extensions.TelemetryName);
        _duration = meter.CreateHistogram<double>(
            "tool_execution_duration",
            "s",
            "Time from a call to its result.",
            advice: new()
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
            }
        );
        _queue = meter.CreateHistogram<double>(
            "tool_queue_duration",
            "s",
            "Time that an execution waited for a place to run.",
            advice: new() { HistogramBucketBoundaries = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300] }
        );
        _cacheRequests = meter.CreateCounter<long>("tool_cache_requests", description: "Results looked up in the result cache.");
        _cacheBytes = meter.CreateCounter<long>("tool_cache_bytes", "By", "Bytes of results that came from the result cache.");
    }

    public void RecordExecution(string tool, double seconds, double queueSeconds, bool cached, string status)
    {
        _duration.Record(seconds, new("tool", tool), new("cached", cached), new("status", status));
        _queue.Record(queueSeconds, new KeyValuePair<string, object?>("tool", tool));
    }

    /// <param name="level"><c>memory</c>, <c>redis</c>, <c>postgres</c>, <c>flight</c> for a result that was just being made, or
    /// <c>none</c>.</param>
    public void RecordLookup(string tool, string level, int bytes)
    {
        _cacheRequests.Add(1, new("tool", tool), new("outcome", level == "none" ? "miss" : "hit"), new("level", level));
        if (bytes > 0)
        {
            _cacheBytes.Add(bytes, new("tool", tool), new("level", level));
        }
    }
}
