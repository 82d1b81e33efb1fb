using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Expires what is cached under a tag, on every replica, by a message over Redis. A replica that cannot hear uses nothing cached:
/// it counts as connected only for a while after each answer of Redis, and when it is connected again, everything older is expired.
/// A change that could not be published waits that long, so that no replica shows what was before it once it has been confirmed.
/// </summary>
/// <remarks>
/// This is the only system of invalidation, and the reason why the two levels are held by <see cref="SharedCache"/> and not by a
/// library. HybridCache has tags of its own, which other replicas learn of only by reading them. FusionCache (2.9, with its Redis
/// backplane) was tried: with Redis paused, a second replica went on to use its memory for as long as the pause lasted (30 s tried)
/// and for more than 5 s after it, and nothing tells the application that a subscription is silent.
/// What no replica can prevent: if one alone loses Redis, the others learn of its changes when it is back, or by the lifetime.
/// </remarks>
internal sealed partial class CacheInvalidation : BackgroundService
{
    private const string Everything = "*";
    private static readonly RedisChannel Channel = RedisChannel.Literal("swe:cache:invalidate");

    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(500);

    // Longer than any value is used.
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(25);

    private readonly IConnectionMultiplexer _redis;
    private readonly CacheMetrics _metrics;
    private readonly RedisMetrics _redisMetrics;
    private readonly TimeProvider _time;
    private readonly ILogger<CacheInvalidation> _logger;

    private readonly string _replica = Guid.CreateVersion7().ToString();
    private readonly ConcurrentDictionary<string, long> _expired = [];
    private long _everythingExpired;

    // Connected: Redis answered less than a lease ago, and nothing was lost since.
    private readonly TimeSpan _lease;
    private long _answeredAt;
    private long _lostAt;
    private int _losses;
    private int _recoveredLosses = -1;
    private int _unpublished;
    private bool _subscribed;
    private bool _warned;

    public CacheInvalidation(
        IConnectionMultiplexer redis,
        CacheMetrics metrics,
        RedisMetrics redisMetrics,
        IOptions<CacheOptions> options,
        TimeProvider time,
        ILogger<CacheInvalidation> logger
    )
    {
        (_redis, _metrics, _redisMetrics, _time, _logger) = (redis, metrics, redisMetrics, time, logger);
        _lease = TimeSpan.FromMilliseconds(options.Value.RedisTimeoutMilliseconds) + 2 * PingInterval;
        _lostAt = time.GetTimestamp() - (long)(_lease.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Whether changes made by other replicas are heard of.</summary>
    public bool IsConnected =>
        Volatile.Read(ref _losses) == Volatile.Read(ref _recoveredLosses) && _time.GetElapsedTime(Volatile.Read(ref _answeredAt)) < _lease;

    /// <summary>Whether something under one of <paramref name="tags"/> may have changed after a value began to be read.</summary>
    /// <param name="madeAt">When that was, in UTC ticks.</param>
    public bool IsExpired(long madeAt, string[] tags)
    {
        if (!IsConnected || madeAt <= Volatile.Read(ref _everythingExpired))
        {
            return true;
        }
        foreach (var tag in tags)
        {
            if (_expired.TryGetValue(tag, out var expired) && madeAt <= expired)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>To be called once a change is committed. Does not fail.</summary>
    public async Task InvalidateAsync(params string[] tags)
    {
        Expire(tags);
        _metrics.RecordInvalidation(here: true);
        var began = _time.GetTimestamp();
        try
        {
            await _redisMetrics.MeasureAsync(
                "invalidate",
                _redis.GetSubscriber().PublishAsync(Channel, $"{_replica} {string.Join(' ', tags)}")
            );
        }
        catch (Exception exception) when (RedisCircuitBreaker.IsOutage(exception))
        {
            // What Redis holds may outlive the outage, so it is expired then.
            Interlocked.Increment(ref _unpublished);
            RecordLoss(began);
            // Others may have heard Redis until now, and count as connected for a lease after that.
            var lease = _lease - _time.GetElapsedTime(Volatile.Read(ref _lostAt));
            if (lease > TimeSpan.Zero)
            {
                await Task.Delay(lease, _time);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _redis.ConnectionFailed += OnConnectionFailed;
        try
        {
            using var timer = new PeriodicTimer(PingInterval, _time);
            do
            {
                await ListenAsync();
                Prune();
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            _redis.ConnectionFailed -= OnConnectionFailed;
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs e) => RecordLoss(_time.GetTimestamp());

    private void RecordLoss(long at)
    {
        if (Volatile.Read(ref _losses) == Volatile.Read(ref _recoveredLosses))
        {
            Volatile.Write(ref _lostAt, at);
        }
        Interlocked.Increment(ref _losses);
    }

    private async Task ListenAsync()
    {
        var subscriber = _redis.GetSubscriber();
        var losses = Volatile.Read(ref _losses);
        var asked = _time.GetTimestamp();
        try
        {
            // Once; after an outage the client subscribes again by itself.
            if (!_subscribed)
            {
                await subscriber.SubscribeAsync(Channel, (channel, message) => OnMessage(message));
                _subscribed = true;
            }
            if (!subscriber.IsConnected(Channel))
            {
                return;
            }
            // On the same connection as the subscription, which is in place before this is answered.
            await subscriber.PingAsync();
            if (!IsConnected)
            {
                Expire([Everything]);
                if (Volatile.Read(ref _unpublished) is > 0 and var unpublished)
                {
                    await subscriber.PublishAsync(Channel, $"{_replica} {Everything}");
                    Interlocked.Add(ref _unpublished, -unpublished);
                }
                _warned = false;
                Log.Restored(_logger);
            }
            Volatile.Write(ref _answeredAt, asked);
            Volatile.Write(ref _recoveredLosses, losses);
        }
        catch (Exception exception) when (RedisCircuitBreaker.IsOutage(exception))
        {
            if (!_warned)
            {
                _warned = true;
                Log.Paused(_logger, exception.Message);
            }
        }
    }

    private void OnMessage(RedisValue message)
    {
        var parts = message.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || parts[0] == _replica)
        {
            return;
        }
        _metrics.RecordInvalidation(here: false);
        Expire(parts[1..]);
    }

    private void Expire(string[] tags)
    {
        var now = _time.GetUtcNow().UtcTicks;
        foreach (var tag in tags)
        {
            if (tag == Everything)
            {
                Volatile.Write(ref _everythingExpired, now);
            }
            else
            {
                _expired[tag] = now;
            }
        }
    }

    private void Prune()
    {
        var before = (_time.GetUtcNow() - MaxLifetime).UtcTicks;
        foreach (var (tag, expired) in _expired)
        {
            if (expired < before)
            {
                _expired.TryRemove(new(tag, expired));
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Caching pauses: changes on other replicas are not heard of without Redis: {Reason}"
        )]
        public static partial void Paused(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Caching goes on: Redis is connected")]
        public static partial void Restored(ILogger logger);
    }
}
