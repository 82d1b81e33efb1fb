using System.Diagnostics;
using System.Diagnostics.Metrics;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>How long Redis takes, by operation: the client's own profiling would allocate for each command.</summary>
internal sealed class RedisMetrics
{
    private readonly Histogram<double> _duration;

    public RedisMetrics(IMeterFactory factory) =>
        _duration = factory
            .Create(Extensions.TelemetryName)
            .CreateHistogram<double>(
                "redis_command_duration",
                "s",
                "Time from asking Redis to its answer, as this process sees it.",
                advice: new()
                {
                    HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
                }
            );

    /// <summary>Awaits the answer to a command that was just sent.</summary>
    public async Task<T> MeasureAsync<T>(string operation, Task<T> answer)
    {
        var started = Stopwatch.GetTimestamp();
        var failed = true;
        try
        {
            var result = await answer;
            failed = false;
            return result;
        }
        finally
        {
            RecordCommand(operation, started, failed);
        }
    }

    /// <param name="operation">The command, from a fixed set of words.</param>
    /// <param name="started">From <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void RecordCommand(string operation, long started, bool failed) =>
        _duration.Record(
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            new("operation", operation),
            new("outcome", failed ? "failed" : "answered")
        );
}
