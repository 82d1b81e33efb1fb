using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Telemetry;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>Measures every request, from the first middleware to the last byte handed to the server.</summary>
internal sealed class RequestMeasurement
{
    private sealed record Series(LatencySeries Latency, string Endpoint, string Method);

    private static readonly KeyValuePair<Endpoint, string> NoEndpoint = new(new Endpoint(null, null, null), "unmatched");

    private readonly RequestDelegate _next;
    private readonly Measurements _measurements;
    private readonly SlowRequestRecorder _slow;
    private readonly RequestDuration _durations;
    private readonly ConcurrentDictionary<(Endpoint, string), Series> _series = [];
    private long _active;

    public RequestMeasurement(
        RequestDelegate next,
        Measurements measurements,
        SlowRequestRecorder slow,
        RequestDuration durations,
        IMeterFactory meters
    )
    {
        (_next, _measurements, _slow, _durations) = (next, measurements, slow, durations);
        meters
            .Create(Extensions.TelemetryName)
            .CreateObservableUpDownCounter(
                "http.server.active_requests",
                () => Interlocked.Read(ref _active),
                "{request}",
                "Requests that are being answered, without probes."
            );
        durations.ProbeObserver = (path, method) =>
        {
            var series = measurements.Latency(SeriesKind.Request, path, method);
            return (duration, healthy) => series.Record(duration, failed: !healthy);
        };
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (!_measurements.IsEnabled)
        {
            await _next(context);
            return;
        }
        Interlocked.Increment(ref _active);
        var started = Stopwatch.GetTimestamp();
        var trace = new RequestTrace();
        RequestContextAccessor.Trace = trace;
        try
        {
            await _next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            Record(context, trace, started, Stopwatch.GetElapsedTime(started));
        }
    }

    private void Record(HttpContext context, RequestTrace trace, long started, TimeSpan duration)
    {
        var series = FindSeries(context);
        var status = context.Response.StatusCode;
        var aborted = context.RequestAborted.IsCancellationRequested;
        series.Latency.Record(duration, failed: status >= 500 && !aborted, rejected: status is >= 400 and < 500 || aborted);
        if (!_slow.IsSlow(series.Endpoint, series.Method, duration))
        {
            _durations.Record(series.Endpoint, series.Method, duration);
            return;
        }
        // Under its trace id the histogram gets an exemplar, which so leads to a request whose spans are kept.
        using (Activity.Current is null ? TraceIds.Begin(context) : null)
        {
            _durations.Record(series.Endpoint, series.Method, duration);
            _slow.Keep(context, trace, series.Endpoint, series.Method, started, duration);
        }
    }

    // What an unknown client asks for must not become a series of its own: paths and methods have no end.
    private Series FindSeries(HttpContext context)
    {
        var endpoint = context.GetEndpoint() ?? NoEndpoint.Key;
        var method = Known(context.Request.Method);
        return _series.TryGetValue((endpoint, method), out var known)
            ? known
            : _series.GetOrAdd(
                (endpoint, method),
                key =>
                {
                    var name = (key.Item1 as RouteEndpoint)?.RoutePattern.RawText ?? NoEndpoint.Value;
                    name = name.StartsWith('/') || name == NoEndpoint.Value ? name : "/" + name;
                    name = name.Replace(":guid", "", StringComparison.Ordinal);
                    name = name.Length > 1 ? name.TrimEnd('/') : name;
                    return new(_measurements.Latency(SeriesKind.Request, name, method), name, method);
                }
            );
    }

    private static string Known(string method) =>
        HttpMethods.IsGet(method) ? "GET"
        : HttpMethods.IsPost(method) ? "POST"
        : HttpMethods.IsPut(method) ? "PUT"
        : HttpMethods.IsPatch(method) ? "PATCH"
        : HttpMethods.IsDelete(method) ? "DELETE"
        : HttpMethods.IsHead(method) ? "HEAD"
        : "other";
}
