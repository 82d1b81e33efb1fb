using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.RateLimits;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>Reads along what other parts report as metrics, so that each is measured once and shown in both places.</summary>
internal sealed class MeterTap : IHostedService, IDisposable
{
    private readonly Measurements _measurements;
    private readonly LatencySeries _queries;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Cache, string Level), CountSeries> _counts = [];

    public MeterTap(Measurements measurements)
    {
        _measurements = measurements;
        _queries = measurements.Latency(SeriesKind.Database, "query", "");
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (
                instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.duration" or "db.client.operation.failed" }
                || instrument
                    is {
                        Meter.Name: Extensions.TelemetryName,
                        Name: "tool_execution_duration" or CacheMetrics.Instrument or "tool_cache_requests" or RateLimits.RefusalCount
                    }
            )
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(OnDuration);
        _listener.SetMeasurementEventCallback<long>(OnCount);
        _listener.SetMeasurementEventCallback<int>((instrument, amount, tags, state) => OnCount(instrument, amount, tags, state));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private void OnDuration(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Meter.Name == "Npgsql")
        {
            _queries.Record(TimeSpan.FromSeconds(seconds));
            return;
        }
        var cached = Tag(tags, "cached") is true ? "cached" : "uncached";
        _measurements
            .Latency(SeriesKind.Tool, Tag(tags, "tool") as string ?? "unknown", cached)
            .Record(TimeSpan.FromSeconds(seconds), failed: Tag(tags, "status") is not "Succeeded");
    }

    private void OnCount(Instrument instrument, long amount, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Meter.Name == "Npgsql")
        {
            _queries.CountError(amount);
            return;
        }
        if (instrument.Name == RateLimits.RefusalCount)
        {
            _measurements.Count(RateLimits.RefusalCount, Tag(tags, "limit") as string ?? "unknown").Add(amount);
            return;
        }
        var cache = instrument.Name == CacheMetrics.Instrument ? Tag(tags, "cache") as string : "results";
        _counts.GetOrAdd((cache ?? "unknown", Tag(tags, "level") as string ?? "none"), Find, _measurements).Add(amount);
    }

    private static CountSeries Find((string Cache, string Level) key, Measurements measurements) =>
        measurements.Count("cache_requests", $"{key.Cache}/{(key.Level == "none" ? CacheMetrics.Source : key.Level)}");

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value;
            }
        }
        return null;
    }
}
