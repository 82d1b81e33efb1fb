using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SwePlatform.ServiceDefaults.Health;

/// <summary>
/// Health checks whose report is good for a second: a probe that is asked a thousand times a second must not become load on the
/// database that it asks about.
/// </summary>
internal sealed class CachedHealthChecks(HealthCheckService checks, TimeProvider time) : HealthCheckService
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(3);
    private static readonly Func<HealthCheckRegistration, bool> All = static _ => true;

    private readonly ConcurrentDictionary<Func<HealthCheckRegistration, bool>, Probe> _probes = [];

    private sealed record Known(Task<HealthReport> Report, long At);

    private sealed class Probe
    {
        public Known? Known;
        public Task<HealthReport>? Running;
    }

    /// <param name="predicate">Which checks; the report of the same delegate is kept.</param>
    /// <param name="cancellationToken">Not used: the report is for others too.</param>
    public override Task<HealthReport> CheckHealthAsync(
        Func<HealthCheckRegistration, bool>? predicate,
        CancellationToken cancellationToken = default
    )
    {
        predicate ??= All;
        var probe = _probes.GetOrAdd(predicate, static _ => new());
        var known = Volatile.Read(ref probe.Known);
        var age = known is null ? TimeSpan.MaxValue : time.GetElapsedTime(known.At);
        if (age < Fresh)
        {
            return known!.Report;
        }
        var running = Start(probe, predicate);
        // While the checks run, their last report still serves; but not when they hang.
        return age < Stale ? known!.Report : running;
    }

    private Task<HealthReport> Start(Probe probe, Func<HealthCheckRegistration, bool> predicate)
    {
        lock (probe)
        {
            return probe.Running is { IsCompleted: false } running ? running : probe.Running = RunAsync(probe, predicate);
        }
    }

    private async Task<HealthReport> RunAsync(Probe probe, Func<HealthCheckRegistration, bool> predicate)
    {
        var report = await checks.CheckHealthAsync(predicate, CancellationToken.None);
        Volatile.Write(ref probe.Known, new(Task.FromResult(report), time.GetTimestamp()));
        return report;
    }
}
