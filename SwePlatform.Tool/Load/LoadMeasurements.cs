using HdrHistogram;

namespace SwePlatform.Tool.Load;

/// <summary>Takes the samples of a run, on all threads at once, and gives them back second by second.</summary>
internal sealed class LoadMeasurements
{
    private readonly Shard[] _shards;
    private readonly EntryFigures[] _total;

    public LoadMeasurements(int entries)
    {
        _shards = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Shard(NewFigures(entries)))];
        _total = NewFigures(entries);
    }

    /// <summary>All of the run that has been drained, by entry of the mix.</summary>
    public IReadOnlyList<EntryFigures> Total => _total;

    /// <param name="latency">From when the request was due to the end of its answer.</param>
    /// <param name="service">From when it was sent.</param>
    public void Record(int entry, TimeSpan latency, TimeSpan service, in Sample sample)
    {
        var shard = _shards[Thread.GetCurrentProcessorId() % _shards.Length];
        lock (shard.Gate)
        {
            shard.Figures[entry].Record(latency, service, sample);
        }
    }

    /// <summary>A request that was due and never sent; it waited at least this long.</summary>
    public void RecordDropped(int entry, TimeSpan waited)
    {
        lock (_shards[0].Gate)
        {
            _shards[0].Figures[entry].RecordDropped(waited);
        }
    }

    /// <summary>Takes what came since the last call, adds it to the total, and returns it.</summary>
    public IReadOnlyList<EntryFigures> Drain()
    {
        var interval = NewFigures(_total.Length);
        foreach (var shard in _shards)
        {
            EntryFigures[] taken;
            lock (shard.Gate)
            {
                (taken, shard.Figures, shard.Spare) = (shard.Figures, shard.Spare, shard.Figures);
            }
            for (var index = 0; index < taken.Length; index++)
            {
                interval[index].Add(taken[index]);
                taken[index].Reset();
            }
        }
        for (var index = 0; index < interval.Length; index++)
        {
            _total[index].Add(interval[index]);
        }
        return interval;
    }

    private static EntryFigures[] NewFigures(int entries) => [.. Enumerable.Range(0, entries).Select(_ => new EntryFigures())];

    private sealed class Shard(EntryFigures[] figures)
    {
        public Lock Gate { get; } = new();
        public EntryFigures[] Figures { get; set; } = figures;
        public EntryFigures[] Spare { get; set; } = NewFigures(figures.Length);
    }
}

/// <summary>Counts and times of one entry of the mix.</summary>
internal sealed class EntryFigures
{
    private const long LongestMicroseconds = 10 * 60 * 1_000_000L;
    private const int Digits = 3;

    public LongHistogram Latency { get; } = new(LongestMicroseconds, Digits);
    public LongHistogram Service { get; } = new(LongestMicroseconds, Digits);
    public Dictionary<int, long> ByStatus { get; } = [];
    public long Requests { get; private set; }
    public long Failed { get; private set; }
    public long AsExpected { get; private set; }
    public long Dropped { get; private set; }
    public long BytesReceived { get; private set; }
    public long BytesSent { get; private set; }

    public static EntryFigures Sum(IEnumerable<EntryFigures> parts)
    {
        var sum = new EntryFigures();
        foreach (var part in parts)
        {
            sum.Add(part);
        }
        return sum;
    }

    public void Record(TimeSpan latency, TimeSpan service, in Sample sample)
    {
        Latency.RecordValue(Microseconds(latency));
        Service.RecordValue(Microseconds(service));
        Requests++;
        Failed += sample.Failed ? 1 : 0;
        AsExpected += sample.AsExpected ? 1 : 0;
        BytesReceived += sample.BytesReceived;
        BytesSent += sample.BytesSent;
        ByStatus[sample.Status] = ByStatus.GetValueOrDefault(sample.Status) + 1;
    }

    public void RecordDropped(TimeSpan waited)
    {
        Latency.RecordValue(Microseconds(waited));
        Dropped++;
    }

    public void Add(EntryFigures other)
    {
        if (other.Requests == 0 && other.Dropped == 0)
        {
            return;
        }
        Latency.Add(other.Latency);
        Service.Add(other.Service);
        Requests += other.Requests;
        Failed += other.Failed;
        AsExpected += other.AsExpected;
        Dropped += other.Dropped;
        BytesReceived += other.BytesReceived;
        BytesSent += other.BytesSent;
        foreach (var (status, count) in other.ByStatus)
        {
            ByStatus[status] = ByStatus.GetValueOrDefault(status) + count;
        }
    }

    public void Reset()
    {
        if (Requests == 0 && Dropped == 0)
        {
            return;
        }
        Latency.Reset();
        Service.Reset();
        ByStatus.Clear();
        (Requests, Failed, AsExpected, Dropped, BytesReceived, BytesSent) = (0, 0, 0, 0, 0, 0);
    }

    private static long Microseconds(TimeSpan time) => Math.Clamp((long)time.TotalMicroseconds, 1, LongestMicroseconds);
}
