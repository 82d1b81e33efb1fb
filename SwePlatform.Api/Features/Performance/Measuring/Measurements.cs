using System.Collections.Concurrent;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>What a series of durations is about.</summary>
internal enum SeriesKind
{
    Request,
    Tool,
    Database,
}

/// <param name="Name">The endpoint, tool, or kind of query.</param>
/// <param name="Label">The HTTP method; for tools, whether the result was cached.</param>
internal readonly record struct SeriesKey(SeriesKind Kind, string Name, string Label);

/// <summary>Durations and outcomes since the last time they were stored.</summary>
internal sealed class LatencySeries(SeriesKey key)
{
    private long _errors;
    private long _rejected;
    private long _sum;
    private long _max;

    public SeriesKey Key { get; } = key;

    public LatencyHistogram Histogram { get; } = new();

    /// <param name="failed">It failed through the server's fault.</param>
    /// <param name="rejected">It failed through the caller's fault.</param>
    public void Record(TimeSpan duration, bool failed = false, bool rejected = false)
    {
        var microseconds = (long)duration.TotalMicroseconds;
        Histogram.Record(microseconds);
        Interlocked.Add(ref _sum, microseconds);
        if (microseconds > Volatile.Read(ref _max))
        {
            InterlockedMax(microseconds);
        }
        if (failed)
        {
            Interlocked.Increment(ref _errors);
        }
        else if (rejected)
        {
            Interlocked.Increment(ref _rejected);
        }
    }

    /// <summary>Counts failures whose durations are recorded elsewhere.</summary>
    public void CountError(long amount) => Interlocked.Add(ref _errors, amount);

    public LatencyDelta Drain()
    {
        var (buckets, counts) = Histogram.Drain();
        return new(
            Key,
            buckets,
            counts,
            Interlocked.Exchange(ref _errors, 0),
            Interlocked.Exchange(ref _rejected, 0),
            Interlocked.Exchange(ref _sum, 0),
            Interlocked.Exchange(ref _max, 0)
        );
    }

    public void Restore(LatencyDelta delta)
    {
        Histogram.Restore(delta.Buckets, delta.Counts);
        Interlocked.Add(ref _errors, delta.Errors);
        Interlocked.Add(ref _rejected, delta.Rejected);
        Interlocked.Add(ref _sum, delta.SumMicroseconds);
        InterlockedMax(delta.MaxMicroseconds);
    }

    private void InterlockedMax(long value)
    {
        long seen;
        while (value > (seen = Volatile.Read(ref _max)) && Interlocked.CompareExchange(ref _max, value, seen) != seen)
        {
            // Another request has just set it; compare again.
        }
    }
}

/// <summary>What a series counted between two times of storing.</summary>
internal sealed record LatencyDelta(
    SeriesKey Key,
    int[] Buckets,
    long[] Counts,
    long Errors,
    long Rejected,
    long SumMicroseconds,
    long MaxMicroseconds
);

/// <summary>A sampled or counted value.</summary>
/// <param name="Label">Such as the cache and level of a counter; empty if it has none.</param>
internal readonly record struct ValueKey(string Name, string Label);

/// <summary>A value between two times of storing: the sum and number of samples, the largest, the last.</summary>
internal readonly record struct ValueDelta(double Sum, long Count, double Max, double Last)
{
    public ValueDelta Plus(ValueDelta later) => new(Sum + later.Sum, Count + later.Count, Math.Max(Max, later.Max), later.Last);
}

/// <summary>An amount that only grows.</summary>
internal sealed class CountSeries
{
    private long _amount;

    public void Add(long amount) => Interlocked.Add(ref _amount, amount);

    public long Drain() => Interlocked.Exchange(ref _amount, 0);
}

/// <summary>Everything that this replica has measured and not stored yet. Recording takes no lock.</summary>
internal sealed class Measurements
{
    private readonly ConcurrentDictionary<SeriesKey, LatencySeries> _latencies = [];
    private readonly ConcurrentDictionary<ValueKey, CountSeries> _counts = [];
    private readonly ConcurrentDictionary<ValueKey, ValueDelta> _values = [];

    /// <summary>Whether requests are recorded, see <see cref="RecordingSwitch"/>.</summary>
    public volatile bool IsEnabled = true;

    public LatencySeries Latency(SeriesKind kind, string name, string label) =>
        _latencies.GetOrAdd(new(kind, name, label), static key => new(key));

    public CountSeries Count(string name, string label) => _counts.GetOrAdd(new(name, label), static _ => new());

    /// <summary>Adds a sample of a value that goes up and down.</summary>
    public void Value(string name, string label, double value)
    {
        var sample = new ValueDelta(value, 1, value, value);
        _values.AddOrUpdate(new(name, label), sample, (_, known) => known.Plus(sample));
    }

    public (List<LatencyDelta> Latencies, List<KeyValuePair<ValueKey, ValueDelta>> Values) Drain()
    {
        var latencies = _latencies.Values.Select(series => series.Drain()).Where(delta => delta.Buckets.Length > 0).ToList();
        var values = new List<KeyValuePair<ValueKey, ValueDelta>>();
        foreach (var key in _values.Keys)
        {
            if (_values.TryRemove(key, out var delta))
            {
                values.Add(new(key, delta));
            }
        }
        foreach (var (key, series) in _counts)
        {
            if (series.Drain() is > 0 and var amount)
            {
                values.Add(new(key, new(amount, 1, amount, amount)));
            }
        }
        return (latencies, values);
    }

    public void Restore(List<LatencyDelta> latencies, List<KeyValuePair<ValueKey, ValueDelta>> values)
    {
        latencies.ForEach(delta => Latency(delta.Key.Kind, delta.Key.Name, delta.Key.Label).Restore(delta));
        foreach (var (key, delta) in values)
        {
            _values.AddOrUpdate(key, delta, (_, later) => delta.Plus(later));
        }
    }
}
