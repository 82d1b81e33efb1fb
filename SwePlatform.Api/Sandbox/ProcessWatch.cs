using System.Collections.Concurrent;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// Looks at what running programs take, and tells when it is too much: limits for a whole tree of processes, which
/// the kernel has only in control groups, and those are rarely given to a server. One look serves all runs.
/// </summary>
internal sealed partial class ProcessWatch(TimeProvider time, ILogger<ProcessWatch> logger)
{
    // A short program is gone before the first look, and pays nothing.
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(60);

    // It takes a look at each open file.
    private const int SharedEvery = 4;

    private readonly ConcurrentDictionary<Watched, bool> _watched = new();
    private int _running;

    /// <summary>Watches the descendants of a process until the result is disposed.</summary>
    /// <param name="exceeded">Called once, with the reason.</param>
    public IDisposable Watch(int pid, SandboxOptions limits, Func<StopReason?> further, Action<StopReason> exceeded)
    {
        var watched = new Watched(this, pid, limits, further, exceeded);
        _watched[watched] = true;
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            _ = RunAsync();
        }
        return watched;
    }

    private async Task RunAsync()
    {
        var wait = First;
        do
        {
            try
            {
                await Task.Delay(wait, time);
                wait = Interval;
                if (!_watched.IsEmpty && OperatingSystem.IsLinux())
                {
                    Look();
                }
            }
            catch (Exception exception)
            {
                Log.Faulted(logger, exception);
            }
            if (_watched.IsEmpty)
            {
                Volatile.Write(ref _running, 0);
            }
        }
        // One that came in between the two lines above must not wait for the next.
        while (Volatile.Read(ref _running) == 1 || (!_watched.IsEmpty && Interlocked.Exchange(ref _running, 1) == 0));
    }

    private void Look()
    {
        var table = ProcessTable.Read();
        foreach (var watched in _watched.Keys)
        {
            var use = table.Below(watched.Pid);
            var reason =
                use.Tasks > watched.Limits.Processes ? StopReason.ProcessLimit
                : use.MemoryBytes > watched.Limits.MemoryBytes ? StopReason.MemoryLimit
                : watched.Looks++ % SharedEvery == 0 ? LookAtShared(use, watched.Limits)
                : watched.Further();
            if (reason is { } found)
            {
                _watched.TryRemove(watched, out _);
                watched.Exceeded(found);
            }
        }
    }

    private static StopReason? LookAtShared(ProcessUse use, SandboxOptions limits) =>
        use.MemoryBytes + SharedFiles.Bytes(use.Processes) > limits.MemoryBytes ? StopReason.MemoryLimit
        : use.Processes.Count > 0 && SharedFiles.Entries(use.Processes[^1]) > limits.TempFiles ? StopReason.DiskLimit
        : null;

    private sealed record Watched(
        ProcessWatch Owner,
        int Pid,
        SandboxOptions Limits,
        Func<StopReason?> Further,
        Action<StopReason> Exceeded
    ) : IDisposable
    {
        public int Looks { get; set; }

        public void Dispose() => Owner._watched.TryRemove(this, out _);

        public bool Equals(Watched? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Running programs could not be looked at; the next look is soon")]
        public static partial void Faulted(ILogger logger, Exception exception);
    }
}
