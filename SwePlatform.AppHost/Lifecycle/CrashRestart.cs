using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;

namespace SwePlatform.AppHost.Lifecycle;

/// <summary>Starts again what ended without being asked to, waiting longer each time. The orchestrator itself leaves it down.</summary>
internal sealed partial class CrashRestart(
    ResourceNotificationService notifications,
    ResourceCommandService commands,
    ResourceLoggerService logs,
    Readiness readiness,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    private const int FirstAttempts = 3;
    private const int LastLines = 8;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProvenAfter = TimeSpan.FromSeconds(15);
    private static readonly HashSet<string> Kept = ["postgres", "redis", "api", "web"];

    private readonly ConcurrentDictionary<string, History> _histories = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            if (!Kept.Contains(change.Resource.Name) || change.Snapshot.State?.Text is not { Length: > 0 } state)
            {
                continue;
            }
            var history = _histories.GetOrAdd(change.ResourceId, _ => new());
            var before = history.State;
            history.State = state;
            if (state == KnownResourceStates.Running && before != state)
            {
                history.RunningSince = TimeProvider.System.GetTimestamp();
            }
            // Whoever presses "Stop" is obeyed: then it was stopping before.
            if (IsEnd(state) && before is not null && !IsEnd(before) && before != KnownResourceStates.Stopping)
            {
                _ = RestartAsync(change.Resource.Name, change.ResourceId, change.Snapshot.ExitCode, history, stoppingToken);
            }
        }
    }

    private async Task RestartAsync(string name, string id, int? exitCode, History history, CancellationToken stop)
    {
        try
        {
            // At a terminal, Ctrl-C reaches the resources as well, and they may be the faster ones.
            await Task.Delay(TimeSpan.FromMilliseconds(300), stop);
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return;
            }
            if (history.RunningSince is { } since && TimeProvider.System.GetElapsedTime(since) > ProvenAfter)
            {
                history.Attempts = 0;
            }
            history.Attempts++;
            var ended = exitCode is { } code ? $"{name} ended with exit code {code}" : $"{name} did not start";
            await ShowLastLinesAsync(id, name);
            if (!readiness.WasReady && history.Attempts >= FirstAttempts)
            {
                Terminal.Fail($"{ended}, {history.Attempts} times. Its output above says why.");
                lifetime.StopApplication();
                return;
            }
            var delay = TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << Math.Min(history.Attempts - 1, 10), LongestDelay.Ticks));
            Terminal.Write($"Not ready: {ended}; starting it again in {delay.TotalSeconds:0} s");
            await Task.Delay(delay, stop);
            await commands.ExecuteCommandAsync(id, KnownResourceCommands.StartCommand, stop);
            if (readiness.WasReady)
            {
                await readiness.AnnounceAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The system stops.
        }
    }

    private async Task ShowLastLinesAsync(string id, string name)
    {
        var lines = new List<string>();
        await foreach (var batch in logs.GetAllAsync(id))
        {
            lines.AddRange(
                batch
                    .Select(line => Decoration().Replace(line.Content, ""))
                    .Where(line => !line.StartsWith("[sys]", StringComparison.Ordinal))
            );
        }
        foreach (var line in lines.TakeLast(LastLines))
        {
            Terminal.Write($"  {name} | {line}");
        }
    }

    private static bool IsEnd(string state) =>
        state == KnownResourceStates.Exited || state == KnownResourceStates.Finished || state == KnownResourceStates.FailedToStart;

    // The time that the orchestrator puts before each line, and colours.
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[\d:.]+Z |\e\[[\d;]*m")]
    private static partial Regex Decoration();

    private sealed class History
    {
        public string? State { get; set; }

        public long? RunningSince { get; set; }

        public int Attempts { get; set; }
    }
}
