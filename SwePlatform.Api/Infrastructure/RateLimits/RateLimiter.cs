using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Infrastructure.RateLimits;

/// <summary>What is left to a caller.</summary>
internal readonly record struct RateLimitState(bool Allowed, long Limit, long Remaining, int ResetSeconds);

/// <summary>
/// Counts requests in windows that all replicas share. A request is counted in memory; several times a second each
/// replica adds its counts up in Redis and learns those of the others, so no request waits for Redis, and without it
/// each replica counts for itself.
/// </summary>
internal sealed class RateLimiter(
    IConnectionMultiplexer redis,
    RedisCircuitBreaker breaker,
    RedisMetrics metrics,
    IOptions<RateLimitOptions> options,
    TimeProvider time
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Counter> _counters = [];
    private readonly long _windowTicks = TimeSpan.FromSeconds(options.Value.WindowSeconds).Ticks;

    private sealed class Counter
    {
        public long Window;
        public long Own;
        public long Sent;
        public long Others;
    }

    /// <summary>Counts a request.</summary>
    /// <param name="caller">Who makes it; with a prefix that says of which kind.</param>
    public RateLimitState Take(string caller, long limit)
    {
        var ticks = time.GetUtcNow().UtcTicks;
        var window = ticks / _windowTicks;
        var counter = _counters.GetOrAdd(caller, static _ => new());
        if (Volatile.Read(ref counter.Window) != window)
        {
            Begin(counter, window);
        }
        var used = Interlocked.Increment(ref counter.Own) + Volatile.Read(ref counter.Others);
        return new(
            used <= limit,
            limit,
            Math.Max(0, limit - used),
            (int)Math.Ceiling(((window + 1) * _windowTicks - ticks) / (double)TimeSpan.TicksPerSecond)
        );
    }

    private static void Begin(Counter counter, long window)
    {
        lock (counter)
        {
            if (counter.Window != window)
            {
                (counter.Own, counter.Sent, counter.Others) = (0, 0, 0);
                Volatile.Write(ref counter.Window, window);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var window = time.GetUtcNow().UtcTicks / _windowTicks;
            foreach (var (caller, counter) in _counters)
            {
                if (Volatile.Read(ref counter.Window) < window)
                {
                    _counters.TryRemove(caller, out _);
                }
            }
            if (breaker.IsAvailable)
            {
                await ShareAsync(window);
            }
        }
    }

    private async Task ShareAsync(long window)
    {
        try
        {
            await Task.WhenAll(
                _counters
                    .Where(pair => pair.Value.Window == window && Volatile.Read(ref pair.Value.Own) > pair.Value.Sent)
                    .Select(pair => ShareAsync(pair.Key, pair.Value, window))
            );
        }
        catch (Exception exception) when (RedisCircuitBreaker.IsOutage(exception))
        {
            breaker.RecordFailure(exception);
        }
    }

    private async Task ShareAsync(string caller, Counter counter, long window)
    {
        var own = Volatile.Read(ref counter.Own);
        var added = own - counter.Sent;
        RedisKey key = $"swe:rate:{caller}:{window}";
        var database = redis.GetDatabase();
        var total = await metrics.MeasureAsync("rate count", database.StringIncrementAsync(key, added));
        if (total == added)
        {
            await database.KeyExpireAsync(key, TimeSpan.FromTicks(2 * _windowTicks), CommandFlags.FireAndForget);
        }
        lock (counter)
        {
            if (counter.Window == window)
            {
                counter.Sent += added;
                Volatile.Write(ref counter.Others, total - counter.Sent);
            }
        }
    }
}
