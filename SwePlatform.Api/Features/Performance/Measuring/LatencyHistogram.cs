using System.Numerics;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>
/// Counts durations in buckets whose width is 1/32 of their value, so that a percentile read from it is off by 2 % at
/// most. Counts of equal buckets add up, over time and over replicas.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Linear = 64;
    private const int SubBits = 5;
    private const int SubBuckets = 1 << SubBits;
    private const int MaxExponent = 32;

    private readonly long[] _counts = new long[Linear + (MaxExponent - 6) * SubBuckets];

    public void Record(long microseconds) => Interlocked.Increment(ref _counts[Bucket(microseconds)]);

    /// <summary>Takes out what has been counted: the buckets that are not empty, and their counts.</summary>
    public (int[] Buckets, long[] Counts) Drain()
    {
        var (buckets, counts) = (new List<int>(), new List<long>());
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            if (Volatile.Read(ref _counts[bucket]) != 0)
            {
                buckets.Add(bucket);
                counts.Add(Interlocked.Exchange(ref _counts[bucket], 0));
            }
        }
        return ([.. buckets], [.. counts]);
    }

    /// <summary>Puts back what could not be stored.</summary>
    public void Restore(int[] buckets, long[] counts)
    {
        for (var i = 0; i < buckets.Length; i++)
        {
            Interlocked.Add(ref _counts[buckets[i]], counts[i]);
        }
    }

    public static int Bucket(long microseconds)
    {
        if (microseconds < Linear)
        {
            return (int)Math.Max(0, microseconds);
        }
        var exponent = BitOperations.Log2((ulong)microseconds);
        return exponent >= MaxExponent
            ? Linear + (MaxExponent - 6) * SubBuckets - 1
            : Linear + (exponent - 6) * SubBuckets + (int)(microseconds >> (exponent - SubBits) & (SubBuckets - 1));
    }

    /// <summary>The smallest duration that a bucket counts, in microseconds.</summary>
    public static double LowerBound(int bucket)
    {
        if (bucket < Linear)
        {
            return bucket;
        }
        var (exponent, sub) = Math.DivRem(bucket - Linear, SubBuckets);
        return Math.ScaleB(1 + sub / (double)SubBuckets, exponent + 6);
    }
}

/// <summary>Durations counted over some time, added up from any number of histograms.</summary>
internal sealed class LatencyDistribution
{
    private readonly SortedDictionary<int, long> _counts = [];

    public long Count { get; private set; }
    public double SumMicroseconds { get; private set; }
    public long MaxMicroseconds { get; private set; }

    public void Add(int[] buckets, long[] counts, double sumMicroseconds, long maxMicroseconds)
    {
        for (var i = 0; i < buckets.Length; i++)
        {
            _counts[buckets[i]] = _counts.GetValueOrDefault(buckets[i]) + counts[i];
            Count += counts[i];
        }
        SumMicroseconds += sumMicroseconds;
        MaxMicroseconds = Math.Max(MaxMicroseconds, maxMicroseconds);
    }

    public void Add(LatencyDistribution other) =>
        Add([.. other._counts.Keys], [.. other._counts.Values], other.SumMicroseconds, other.MaxMicroseconds);

    /// <summary>Milliseconds that the given share of all durations stays under; null if there are none.</summary>
    /// <param name="share">Such as 0.95.</param>
    public double? Percentile(double share)
    {
        if (Count == 0)
        {
            return null;
        }
        var rank = share * Count;
        long below = 0;
        foreach (var (bucket, count) in _counts)
        {
            if (below + count >= rank)
            {
                var (lower, upper) = (LatencyHistogram.LowerBound(bucket), LatencyHistogram.LowerBound(bucket + 1));
                var microseconds = lower + (upper - lower) * Math.Max(0, rank - below) / count;
                return Math.Min(microseconds, MaxMicroseconds) / 1000;
            }
            below += count;
        }
        return MaxMicroseconds / 1000.0;
    }

    public double? MeanMilliseconds => Count == 0 ? null : SumMicroseconds / Count / 1000;
}
