namespace SwePlatform.AppHost.Embedded.Services;

/// <summary>Starts the services one after the other, starts those again that crash, and stops them in reverse order.</summary>
internal sealed class Supervisor(HostLog log, LastRun lastRun, Action announceReady) : IAsyncDisposable
{
    private const int FirstAttempts = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProvenAfter = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<Service> _services = [];
    private readonly List<Task> _watches = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing;

    /// <summary>Starts a service and waits until it is healthy; from then on it is kept running.</summary>
    public async Task StartAsync(ServiceDefinition definition, CancellationToken cancellationToken)
    {
        var service = new Service(definition);
        _services.Add(service);
        for (var attempt = 1; !await LaunchAsync(service, cancellationToken); attempt++)
        {
            var message = $"{definition.Name} ended with exit code {service.Current!.Process.ExitCode} before it was ready";
            if (attempt == FirstAttempts)
            {
                throw new HostException($"{message}, {attempt} times. Its lines above say why.");
            }
            log.Host($"{message}: starting it again");
            await Task.Delay(FirstDelay, cancellationToken);
        }
        Keep(WatchAsync(service));
    }

    /// <summary>Watches something else that the system needs, and brings it back when it is gone.</summary>
    public void Watch(string name, Func<bool> isRunning, Func<Task> restart) =>
        Keep(WatchAsync(name, isRunning, restart));

    /// <summary>Faults when something is no longer watched because watching it failed; completes never otherwise.</summary>
    public Task Failure => _failure.Task;

    /// <summary>The next stop, or one under way, waits no longer for services that take their time.</summary>
    public void Hurry() => _hurry.Cancel();

    /// <summary>From now on a service that ends is no crash: at a terminal, Ctrl-C reaches the services as well.</summary>
    public void BeginStop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        BeginStop();
        await Task.WhenAll(_watches);
        foreach (var service in Enumerable.Reverse(_services))
        {
            if (service.Current is { } process)
            {
                await process.StopAsync(log, _hurry.Token);
                process.Dispose();
            }
        }
        _stopping.Dispose();
        _hurry.Dispose();
    }

    private void Keep(Task watch) => _watches.Add(watch.ContinueWith(
        ended =>
        {
            if (ended.Exception is { } exception)
            {
                _failure.TrySetException(exception.InnerExceptions);
            }
        },
        TaskScheduler.Default));

    private async Task<bool> LaunchAsync(Service service, CancellationToken cancellationToken)
    {
        // The one before is not disposed here: others may still be looking at it.
        service.Current = ServiceProcess.Start(service.Definition, log);
        lastRun.Remember(service.Definition.Name, service.Current.Process);
        return await service.Current.WaitUntilHealthyAsync(cancellationToken);
    }

    private async Task WatchAsync(Service service)
    {
        var name = service.Definition.Name;
        var delay = FirstDelay;
        try
        {
            while (true)
            {
                var started = TimeProvider.System.GetTimestamp();
                await service.Current!.Process.WaitForExitAsync(_stopping.Token);
                await ToleratePendingStopAsync();
                delay = TimeProvider.System.GetElapsedTime(started) > ProvenAfter ? FirstDelay : delay;
                Interlocked.Increment(ref _missing);
                do
                {
                    log.Announce($"Not ready: {name} ended with exit code {service.Current.Process.ExitCode}; starting it again in {delay.TotalSeconds:0} s");
                    await Task.Delay(delay, _stopping.Token);
                    delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks));
                }
                while (!await LaunchAsync(service, _stopping.Token));
                await RecoveredAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The normal end.
        }
    }

    private async Task WatchAsync(string name, Func<bool> isRunning, Func<Task> restart)
    {
        using var timer = new PeriodicTimer(FirstDelay);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (isRunning())
                {
                    continue;
                }
                Interlocked.Increment(ref _missing);
                log.Announce($"Not ready: {name} is gone; starting it again");
                while (!await TryAsync(restart))
                {
                    await Task.Delay(LongestDelay, _stopping.Token);
                }
                await RecoveredAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The normal end.
        }
    }

    private async Task<bool> TryAsync(Func<Task> restart)
    {
        try
        {
            await restart();
            return true;
        }
        catch (HostException exception)
        {
            log.Host(exception.Message);
            return false;
        }
    }

    // A Ctrl-C reaches a service and this process at the same time; the service may be the faster one.
    private Task ToleratePendingStopAsync() => Task.Delay(TimeSpan.FromMilliseconds(200), _stopping.Token);

    private async Task RecoveredAsync()
    {
        if (Interlocked.Decrement(ref _missing) > 0)
        {
            return;
        }
        // What came back may still be unknown to those who lost it: a service has to find its database again.
        foreach (var service in _services)
        {
            if (!await service.Current!.WaitUntilHealthyAsync(_stopping.Token))
            {
                // That one's own watch goes on from here.
                return;
            }
        }
        if (Volatile.Read(ref _missing) == 0)
        {
            announceReady();
        }
    }

    private sealed class Service(ServiceDefinition definition)
    {
        public ServiceDefinition Definition { get; } = definition;

        public ServiceProcess? Current { get; set; }
    }
}
