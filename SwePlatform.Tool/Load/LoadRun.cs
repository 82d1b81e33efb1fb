namespace SwePlatform.Tool.Load;

/// <summary>Runs a plan to its end, looks at it every second, and stops it if a threshold fails and the plan says so.</summary>
internal sealed class LoadRun(LoadPlan plan, RequestMix mix, LoadClient client, IReadOnlyList<Threshold> thresholds, TimeProvider time)
{
    private const int WindowSeconds = 5;

    // A window after the first that failed: one bad moment is not the end of what a server can do.
    private const int FailuresInARow = WindowSeconds + 1;
    private static readonly TimeSpan BeforeJudging = TimeSpan.FromSeconds(10);

    private readonly LoadMeasurements _measurements = new(mix.Entries.Count);
    private readonly Queue<(TimeSpan Duration, IReadOnlyList<EntryFigures> Figures)> _window = new();
    private double _bestRate;

    /// <summary>Sends requests for a while that count for nothing: code gets compiled, caches and pools fill.</summary>
    public static async Task WarmUpAsync(
        TimeSpan duration,
        int users,
        RequestMix mix,
        LoadClient client,
        TimeProvider time,
        CancellationToken stop
    )
    {
        using var model = LoadModel.Create(
            LoadPlan.Constant("warm-up", users, duration),
            mix,
            client,
            new LoadMeasurements(mix.Entries.Count),
            time
        );
        await model.RunAsync(stop);
    }

    public async Task<RunResult> RunAsync(Action<RunProgress> report, CancellationToken stop)
    {
        var startedAt = time.GetUtcNow();
        var begin = time.GetTimestamp();
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var model = LoadModel.Create(plan, mix, client, _measurements, time);
        var running = model.RunAsync(abort.Token);
        BreakingPoint? suspected = null;
        BreakingPoint? broken = null;
        var failures = 0;
        using var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var last = begin;
        while (await Task.WhenAny(running, seconds.WaitForNextTickAsync(CancellationToken.None).AsTask()) != running)
        {
            var now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(begin, now);
            var progress = Look(elapsed, time.GetElapsedTime(last, now), model.Users);
            last = now;
            report(progress);
            if (!plan.AbortOnFail || broken is not null || elapsed < BeforeJudging)
            {
                continue;
            }
            suspected = FindFailed() is not { } failed
                ? null
                : suspected ?? new BreakingPoint(plan.At(elapsed - TimeSpan.FromSeconds(WindowSeconds / 2.0)), failed);
            failures = suspected is null ? 0 : failures + 1;
            if (failures == FailuresInARow)
            {
                broken = suspected;
                await abort.CancelAsync();
            }
        }
        await running;
        var duration = time.GetElapsedTime(begin);
        Look(duration, time.GetElapsedTime(last), model.Users);
        return new RunResult(
            plan,
            mix,
            _measurements.Total,
            thresholds,
            startedAt,
            duration,
            model.MostUsers,
            _bestRate,
            stop.IsCancellationRequested,
            broken
        );
    }

    private RunProgress Look(TimeSpan elapsed, TimeSpan interval, int users)
    {
        var figures = _measurements.Drain();
        _window.Enqueue((interval, figures));
        while (_window.Count > WindowSeconds)
        {
            _window.Dequeue();
        }
        if (_window.Count == WindowSeconds)
        {
            _bestRate = Math.Max(
                _bestRate,
                _window.Sum(second => second.Figures.Sum(part => part.Requests)) / _window.Sum(second => second.Duration.TotalSeconds)
            );
        }
        return new RunProgress(elapsed, plan.Duration, users, interval, EntryFigures.Sum(figures));
    }

    // What counts is how the server does now: over the whole run, good beginnings would hide a bad end.
    private string? FindFailed()
    {
        List<EntryFigures> figures =
        [
            .. Enumerable.Range(0, mix.Entries.Count).Select(entry => EntryFigures.Sum(_window.Select(second => second.Figures[entry]))),
        ];
        var metrics = Metrics.From(mix, figures);
        return
            thresholds.FirstOrDefault(threshold => metrics.TryGetValue(threshold.Metric, out var values) && !threshold.Holds(values))
                is { } failed
            ? $"{failed.Metric} {failed.Expression}"
            : null;
    }
}

/// <summary>The last second of a run.</summary>
internal sealed record RunProgress(TimeSpan Elapsed, TimeSpan Planned, int Users, TimeSpan Interval, EntryFigures Figures);

/// <param name="PerSecond">Requests per second that were due when it happened.</param>
internal sealed record BreakingPoint(double PerSecond, string Threshold);

/// <param name="MostUsers">The most at the same time.</param>
/// <param name="BestRate">The most answers per second over five seconds.</param>
/// <param name="Interrupted">Whether it was ended from outside before its time.</param>
internal sealed record RunResult(
    LoadPlan Plan,
    RequestMix Mix,
    IReadOnlyList<EntryFigures> Figures,
    IReadOnlyList<Threshold> Thresholds,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    int MostUsers,
    double BestRate,
    bool Interrupted,
    BreakingPoint? Broken
)
{
    public EntryFigures All { get; } = EntryFigures.Sum(Figures);

    public Dictionary<string, IReadOnlyDictionary<string, double>> Metrics { get; } = Load.Metrics.From(Mix, Figures);

    public IReadOnlyList<Threshold> FailedThresholds =>
        [.. Thresholds.Where(threshold => Metrics.TryGetValue(threshold.Metric, out var values) && !threshold.Holds(values))];
}
