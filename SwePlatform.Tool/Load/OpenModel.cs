using System.Threading.Channels;

namespace SwePlatform.Tool.Load;

/// <summary>
/// Requests that come at their own rate, as k6's arrival-rate executors. A request that has to wait for a free
/// connection is not left out: its time counts from when it was due, so that a server that stalls is charged for
/// all who would have waited (no coordinated omission).
/// </summary>
internal sealed class OpenModel(LoadPlan plan, RequestMix mix, LoadClient client, LoadMeasurements measurements, TimeProvider time)
    : LoadModel(plan, mix, client, measurements, time)
{
    // So that an interrupt is soon seen.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(50);

    // Sleep cuts off what is below a millisecond.
    private static readonly TimeSpan RoundedUp = TimeSpan.FromMilliseconds(0.999);

    private readonly Channel<long> _due = Channel.CreateUnbounded<long>(new() { SingleWriter = true });
    private Task[] _senders = [];

    protected override Task FollowAsync(CancellationToken stop)
    {
        _senders = [.. Enumerable.Range(0, Plan.MaxUsers).Select(_ => Task.Run(ActAsync, CancellationToken.None))];
        // On a thread of its own: timers of the pool come late just when there is much to do.
        return Task.Factory.StartNew(() => Follow(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    protected override async Task FinishAsync()
    {
        _due.Writer.Complete();
        await Task.WhenAll(_senders);
        var random = new Random();
        while (_due.Reader.TryRead(out var due))
        {
            Measurements.RecordDropped(Mix.Pick(random), Time.GetElapsedTime(due));
        }
    }

    private void Follow(CancellationToken stop)
    {
        var begin = Time.GetTimestamp();
        foreach (var due in Plan.Arrivals())
        {
            while (due - Time.GetElapsedTime(begin) is var early && early > TimeSpan.Zero && !stop.IsCancellationRequested)
            {
                Thread.Sleep(early < LongestSleep ? early + RoundedUp : LongestSleep);
            }
            if (stop.IsCancellationRequested)
            {
                break;
            }
            _due.Writer.TryWrite(begin + (long)(due.TotalSeconds * Time.TimestampFrequency));
        }
    }

    private async Task ActAsync()
    {
        var random = new Random();
        try
        {
            await foreach (var due in _due.Reader.ReadAllAsync(GivenUp))
            {
                Enter();
                await SendAsync(Mix.Pick(random), due);
                Leave();
            }
        }
        catch (OperationCanceledException) when (GivenUp.IsCancellationRequested) { }
    }
}
