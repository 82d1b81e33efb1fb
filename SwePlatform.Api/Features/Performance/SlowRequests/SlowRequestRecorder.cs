using System.Collections.Concurrent;
using System.Text.Json;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Performance.SlowRequests;

/// <summary>Keeps the slowest requests of each endpoint since the last time they were stored.</summary>
internal sealed class SlowRequestRecorder(TimeProvider time)
{
    /// <summary>How many are kept of each endpoint, in each span of time.</summary>
    public const int PerEndpoint = 5;

    private readonly ConcurrentDictionary<(string Endpoint, string Method), Slowest> _slowest = [];

    private sealed class Slowest
    {
        // Read without the lock: a value from a moment ago only costs a second look.
        public long Threshold;
        public readonly List<SlowRequest> Kept = [];
    }

    /// <summary>Whether a request is among the slowest so far. Most are not, and for them this is all that happens.</summary>
    public bool IsSlow(string endpoint, string method, TimeSpan duration) =>
        !_slowest.TryGetValue((endpoint, method), out var slowest) || duration.Ticks > Volatile.Read(ref slowest.Threshold);

    /// <param name="started">As a timestamp of the stopwatch.</param>
    public void Keep(HttpContext context, RequestTrace trace, string endpoint, string method, long started, TimeSpan duration)
    {
        var request = new SlowRequest
        {
            Id = Guid.CreateVersion7(),
            At = time.GetUtcNow() - duration,
            Endpoint = endpoint,
            Method = method,
            Status = context.Response.StatusCode,
            DurationMs = duration.TotalMilliseconds,
            TraceId = TraceIds.Of(context),
            UserId = (context.User.Identity as UserIdentity)?.User.Id,
            Spans = JsonSerializer.Serialize(trace.Spans(started), JsonSerializerOptions.Web),
        };
        var slowest = _slowest.GetOrAdd((endpoint, method), static _ => new());
        lock (slowest)
        {
            slowest.Kept.Add(request);
            if (slowest.Kept.Count > PerEndpoint)
            {
                slowest.Kept.Remove(slowest.Kept.MinBy(kept => kept.DurationMs)!);
            }
            if (slowest.Kept.Count == PerEndpoint)
            {
                Volatile.Write(ref slowest.Threshold, TimeSpan.FromMilliseconds(slowest.Kept.Min(kept => kept.DurationMs)).Ticks);
            }
        }
    }

    public List<SlowRequest> Drain()
    {
        var drained = new List<SlowRequest>();
        foreach (var slowest in _slowest.Values)
        {
            lock (slowest)
            {
                drained.AddRange(slowest.Kept);
                slowest.Kept.Clear();
                Volatile.Write(ref slowest.Threshold, 0);
            }
        }
        return drained;
    }
}
