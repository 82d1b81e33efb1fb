using SwePlatform.Api.Infrastructure.Concurrency;

namespace SwePlatform.Api.Toolbox;

/// <summary>Where tools do what takes processor time, so that short work never waits for long work.</summary>
internal static class LongWork
{
    /// <summary>Work that has taken so much processor time is long.</summary>
    public static readonly TimeSpan After = TimeSpan.FromMilliseconds(30);

    /// <summary>How much of long work is done at a time, before others have their turn.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    // What most tools get through in less than that.
    private const long ShortBytes = 4 * 1024 * 1024;

    /// <summary>Runs work on so many bytes where it belongs.</summary>
    public static Task<T> RunAsync<T>(long bytes, Func<T> work, CancellationToken cancellationToken) =>
        bytes <= ShortBytes
            ? Task.Run(work, cancellationToken)
            : LowPriorityThreads.Instance.StartAsync(work, TimeSpan.FromSeconds(1), cancellationToken);

    /// <summary>Where the workers on so many bytes belong.</summary>
    public static TaskScheduler Scheduler(long bytes) => bytes <= ShortBytes ? TaskScheduler.Default : LowPriorityThreads.Instance;

    /// <summary>Runs work that can be divided: its beginning at once, and the rest in slices, behind whoever has had less.</summary>
    /// <param name="work">Works until its processor time is used up; returns whether it is done.</param>
    public static async Task RunAsync(Func<TimeSpan, bool> work, CancellationToken cancellationToken)
    {
        var done = After;
        for (var ended = await Task.Run(() => work(After), cancellationToken); !ended; done += Slice)
        {
            ended = await LowPriorityThreads.Instance.StartAsync(() => work(Slice), done, cancellationToken);
        }
    }
}
