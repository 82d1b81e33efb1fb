namespace SwePlatform.Tool.Load;

/// <summary>Follows a plan: decides when requests are sent, and by how many users.</summary>
internal abstract class LoadModel(LoadPlan plan, RequestMix mix, LoadClient client, LoadMeasurements measurements, TimeProvider time)
    : IDisposable
{
    // What k6 gives requests that are under way at the end.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _giveUp = new();
    private bool _cut;
    private int _users;
    private int _mostUsers;

    public static LoadModel Create(LoadPlan plan, RequestMix mix, LoadClient client, LoadMeasurements measurements, TimeProvider time) =>
        plan.IsOpen ? new OpenModel(plan, mix, client, measurements, time) : new ClosedModel(plan, mix, client, measurements, time);

    /// <summary>How many users there are now; in an open model, how many requests are under way.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>The most of them at the same time.</summary>
    public int MostUsers => Volatile.Read(ref _mostUsers);

    protected LoadPlan Plan { get; } = plan;

    protected RequestMix Mix { get; } = mix;

    protected LoadMeasurements Measurements { get; } = measurements;

    protected TimeProvider Time { get; } = time;

    /// <summary>Cancelled when no more answers are waited for.</summary>
    protected CancellationToken GivenUp => _giveUp.Token;

    /// <summary>Runs to the plan's end and waits for the last answers. If <paramref name="stop"/> says so, it ends at once.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var stopped = stop.Register(() =>
        {
            Volatile.Write(ref _cut, true);
            _giveUp.Cancel();
        });
        await FollowAsync(stop);
        _giveUp.CancelAfter(Grace);
        await FinishAsync();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Follows the plan until its end or <paramref name="stop"/>; throws in neither case.</summary>
    protected abstract Task FollowAsync(CancellationToken stop);

    protected abstract Task FinishAsync();

    protected void Enter()
    {
        var now = Interlocked.Increment(ref _users);
        for (var most = Volatile.Read(ref _mostUsers); now > most; most = Volatile.Read(ref _mostUsers))
        {
            Interlocked.CompareExchange(ref _mostUsers, now, most);
        }
    }

    protected void Leave() => Interlocked.Decrement(ref _users);

    protected virtual void Dispose(bool disposing) => _giveUp.Dispose();

    /// <param name="due">The timestamp at which the request should have been sent; null if that is now.</param>
    protected async Task SendAsync(int entry, long? due)
    {
        var begin = Time.GetTimestamp();
        Sample sample;
        try
        {
            sample = await client.SendAsync(Mix.Entries[entry], GivenUp);
        }
        catch (OperationCanceledException) when (Volatile.Read(ref _cut))
        {
            // That it has no answer is not the server's doing.
            return;
        }
        catch (OperationCanceledException) when (GivenUp.IsCancellationRequested)
        {
            sample = new Sample(Sample.NoAnswer, AsExpected: false, 0, 0);
        }
        var end = Time.GetTimestamp();
        Measurements.Record(entry, Time.GetElapsedTime(due ?? begin, end), Time.GetElapsedTime(begin, end), sample);
    }
}
