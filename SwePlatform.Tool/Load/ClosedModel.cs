namespace SwePlatform.Tool.Load;

/// <summary>Users who ask, wait for the answer, pause and ask again, as k6's constant-vus and ramping-vus.</summary>
internal sealed class ClosedModel(LoadPlan plan, RequestMix mix, LoadClient client, LoadMeasurements measurements, TimeProvider time)
    : LoadModel(plan, mix, client, measurements, time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly Task[] _users = [.. Enumerable.Repeat(Task.CompletedTask, plan.MaxUsers)];
    private readonly CancellationTokenSource _ending = new();
    private int _wanted;

    protected override async Task FollowAsync(CancellationToken stop)
    {
        var begin = Time.GetTimestamp();
        while (!stop.IsCancellationRequested && Time.GetElapsedTime(begin) is var elapsed && elapsed < Plan.Duration)
        {
            Volatile.Write(ref _wanted, (int)Math.Round(Plan.At(elapsed)));
            for (var index = 0; index < _wanted; index++)
            {
                if (_users[index].IsCompleted)
                {
                    await _users[index];
                    _users[index] = ActAsync(index);
                }
            }
            await Task.Delay(Step < Plan.Duration - elapsed ? Step : Plan.Duration - elapsed, Time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected override async Task FinishAsync()
    {
        Volatile.Write(ref _wanted, 0);
        await _ending.CancelAsync();
        await Task.WhenAll(_users);
    }

    protected override void Dispose(bool disposing)
    {
        _ending.Dispose();
        base.Dispose(disposing);
    }

    private async Task ActAsync(int index)
    {
        await Task.Yield();
        var random = new Random();
        Enter();
        try
        {
            while (index < Volatile.Read(ref _wanted) && !GivenUp.IsCancellationRequested)
            {
                await SendAsync(Mix.Pick(random), due: null);
                await PauseAsync(random);
            }
        }
        finally
        {
            Leave();
        }
    }

    private Task PauseAsync(Random random)
    {
        var (from, to) = Plan.ThinkSeconds;
        return to <= 0 ? Task.CompletedTask : WaitAsync(TimeSpan.FromSeconds(from + random.NextDouble() * (to - from)));
    }

    private async Task WaitAsync(TimeSpan pause) =>
        await Task.Delay(pause, Time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
