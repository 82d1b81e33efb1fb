using System.Globalization;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// The latency receipt of an execution, in milliseconds.
/// </summary>
/// <param name="Queue">Waiting for a free place to run.</param>
/// <param name="Cache">Looking the result up.</param>
/// <param name="Prepare">Checking the request, finding the project and its commit, recording the start.</param>
/// <param name="Execute">The tool itself.</param>
/// <param name="Serialize">Writing the result as JSON.</param>
/// <param name="Total">All of it, from the request's arrival at the endpoint.</param>
/// <param name="Saved">What the tool took when it made this result, if the cache had it now.</param>
public sealed record Timings(
    double Queue = 0,
    double Cache = 0,
    double Prepare = 0,
    double Execute = 0,
    double Serialize = 0,
    double Total = 0,
    double Saved = 0
)
{
    /// <summary>The receipt as a <c>Server-Timing</c> header.</summary>
    public string ToServerTiming() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"queue;dur={Queue:0.###}, cache;dur={Cache:0.###}, prepare;dur={Prepare:0.###}, execute;dur={Execute:0.###}, "
                + $"serialize;dur={Serialize:0.###}, total;dur={Total:0.###}"
        );
}

/// <summary>Takes the times for a receipt.</summary>
internal sealed class LatencyReceipt(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _lap = time.GetTimestamp();

    /// <summary>Milliseconds since it was made.</summary>
    public double Total => Round(time.GetElapsedTime(_start));

    /// <summary>Milliseconds since the last lap.</summary>
    public double Lap()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_lap, now);
        _lap = now;
        return Round(elapsed);
    }

    private static double Round(TimeSpan elapsed) => Math.Round(elapsed.TotalMilliseconds, 3);
}
