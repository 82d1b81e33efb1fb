using System.Threading.Channels;

namespace SwePlatform.AppHost.Embedded.LoadTest;

/// <summary>
/// Requests that come at their own rate, as k6's arrival-rate executors. A request that has to wait for a free
/// connection is not left out: its time counts from when it was due, so that a server that stalls is charged for
/// all who would have waited (no coordinated omission).
/// </summary>
internal sealed class OpenModel(LoadPlan plan, RequestMix mix, LoadClient client, Measurements measurements, TimeProvider time)
    : LoadModel(plan, mix, client, measurements, time)
{
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(1);

    private readonly Channel<long> _due = Channel.CreateUnbounded<long>(new() { SingleWriter = true });
    private Task[] _senders = [];

    protected override async Task FollowAsync(CancellationToken stop)
    {
        _senders = [.. Enumerable.Range(0, Plan.MaxUsers).Select(_ => Task.Run(ActAsync, CancellationToken.None))];
        var begin = Time.GetTimestamp();
        foreach (var due in Plan.Arrivals())
        {
            while (due - Time.GetElapsedTime(begin) is var early && early > TimeSpan.Zero && !stop.IsCancellationRequested)
            {
                await Task.Delay(early > ClockStep ? early : ClockStep, Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (stop.IsCancellationRequested)
            {
                break;
            }
            _due.Writer.TryWrite(begin + (long)(due.TotalSeconds * Time.TimestampFrequency));
        }
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
        catch (OperationCanceledException) when (GivenUp.IsCancellationRequested)
        {
        }
    }
}
