using System.Diagnostics.Metrics;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>The histogram <c>api_request_duration_seconds{endpoint,method}</c>.</summary>
internal sealed class RequestDuration
{
    // The performance targets are among the bounds, so that a query can count what meets them.
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

    private readonly Histogram<double> _histogram;

    public RequestDuration(IMeterFactory meters) =>
        _histogram = meters
            .Create(Extensions.TelemetryName)
            .CreateHistogram<double>(
                "api_request_duration",
                "s",
                "Duration of requests, from the first middleware to the last byte handed to the server.",
                advice: new() { HistogramBucketBoundaries = Bounds }
            );

    /// <param name="endpoint">The route's pattern; never a path, of which there is no end.</param>
    public void Record(string endpoint, string method, TimeSpan duration) =>
        _histogram.Record(
            duration.TotalSeconds,
            new KeyValuePair<string, object?>("endpoint", endpoint),
            new KeyValuePair<string, object?>("method", method)
        );
}
