using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Features.Performance.Rollups;

/// <summary>Stores what this replica has measured, every few seconds. What cannot be stored waits for the next time.</summary>
internal sealed partial class RollupWriter(
    RollupStore store,
    Measurements measurements,
    SlowRequestRecorder slow,
    IOptions<PerformanceOptions> options,
    IMeterFactory meters,
    TimeProvider time,
    ILogger<RollupWriter> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MergeInterval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Counter<long> _failures = CountFailures(meters);
    private DateTimeOffset _stored;

    /// <summary>This process, among the replicas.</summary>
    public static string Replica { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Stores what is not stored yet, so that whoever reads next sees it.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (_stored >= asked)
            {
                // Whoever had the turn has just stored what this caller wants stored.
                return;
            }
            var (latencies, values) = measurements.Drain();
            var requests = slow.Drain();
            try
            {
                await store.WriteAsync(Replica, now, latencies, values, requests, CancellationToken.None);
                _stored = now;
            }
            catch
            {
                _failures.Add(1);
                measurements.Restore(latencies, values);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var merged = time.GetUtcNow();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(() => FlushAsync(stoppingToken), stoppingToken);
                if (time.GetUtcNow() - merged >= MergeInterval)
                {
                    merged = time.GetUtcNow();
                    await TryAsync(() => store.MergeAsync(TimeSpan.FromDays(options.Value.RetentionDays), stoppingToken), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await TryAsync(() => FlushAsync(CancellationToken.None), CancellationToken.None);
        }
    }

    private async Task TryAsync(Func<Task> action, CancellationToken stoppingToken)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.NotStored(logger, exception.Message);
        }
    }

    private static Counter<long> CountFailures(IMeterFactory meters)
    {
        var failures = meters
            .Create(Extensions.TelemetryName)
            .CreateCounter<long>("rollup_write_failures", description: "Times that measurements could not be stored; they wait in memory.");
        // A rate sees an increase only from a value that it has seen before.
        failures.Add(0);
        return failures;
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Measurements are kept in memory until they can be stored: {Reason}")]
        public static partial void NotStored(ILogger logger, string reason);
    }
}
