using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Ends what is cached under a tag, on every replica, by a message over Redis. While the line to Redis is down a replica
/// hears nothing, so nothing cached is used; when it is up again, everything older is ended.
/// </summary>
internal sealed partial class CacheInvalidation(
    HybridCache cache,
    IConnectionMultiplexer redis,
    CacheMetrics metrics,
    RedisMetrics redisMetrics,
    TimeProvider time,
    ILogger<CacheInvalidation> logger
) : BackgroundService
{
    private const string Everything = "*";
    private static readonly RedisChannel Channel = RedisChannel.Literal("swe:cache:invalidate");

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(25);

    private readonly string _replica = Guid.CreateVersion7().ToString();
    private readonly ConcurrentDictionary<string, long> _ended = [];
    private long _everythingEnded;
    private volatile bool _connected;
    private volatile bool _unsent;
    private bool _subscribed;
    private bool _silent;

    /// <summary>Whether changes made by other replicas are heard of.</summary>
    public bool IsConnected => _connected;

    /// <summary>Whether something under one of <paramref name="tags"/> changed after the reading of this value began.</summary>
    public bool HasEnded(CachedJson value, string[] tags)
    {
        if (value.MadeAt <= Volatile.Read(ref _everythingEnded))
        {
            return true;
        }
        foreach (var tag in tags)
        {
            if (_ended.TryGetValue(tag, out var ended) && value.MadeAt <= ended)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>To be called once a change is committed. Does not fail: a replica that cannot be told notices that itself.</summary>
    public async Task InvalidateAsync(params string[] tags)
    {
        await EndAsync(tags);
        metrics.Invalidated(here: true);
        try
        {
            await redisMetrics.MeasureAsync(
                "invalidate",
                redis.GetSubscriber().PublishAsync(Channel, $"{_replica} {string.Join(' ', tags)}")
            );
        }
        catch (Exception exception) when (RedisGate.IsOutage(exception))
        {
            // What Redis holds may outlive the outage, so it is ended then.
            _unsent = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionFailed += OnConnectionFailed;
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                if (!_connected)
                {
                    await TryRestoreAsync();
                }
                Forget();
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            redis.ConnectionFailed -= OnConnectionFailed;
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs e) => _connected = false;

    private async Task TryRestoreAsync()
    {
        var subscriber = redis.GetSubscriber();
        try
        {
            // Once; after an outage the client subscribes again by itself.
            if (!_subscribed)
            {
                await subscriber.SubscribeAsync(Channel, (channel, message) => _ = HearAsync(message));
                _subscribed = true;
            }
            if (!subscriber.IsConnected(Channel))
            {
                return;
            }
            // On the same connection as the subscription, which is in place before this is answered.
            await subscriber.PingAsync();
            await EndAsync([Everything]);
            if (_unsent)
            {
                _unsent = false;
                await subscriber.PublishAsync(Channel, $"{_replica} {Everything}");
            }
            (_connected, _silent) = (true, false);
            Log.Restored(logger);
        }
        catch (Exception exception) when (RedisGate.IsOutage(exception))
        {
            _unsent = true;
            if (!_silent)
            {
                _silent = true;
                Log.Deaf(logger, exception.Message);
            }
        }
    }

    // Values from before have gone by their lifetime.
    private void Forget()
    {
        var before = (time.GetUtcNow() - Memory).UtcTicks;
        foreach (var (tag, ended) in _ended)
        {
            if (ended < before)
            {
                _ended.TryRemove(new(tag, ended));
            }
        }
    }

    private async Task HearAsync(RedisValue message)
    {
        var parts = message.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || parts[0] == _replica)
        {
            return;
        }
        metrics.Invalidated(here: false);
        await EndAsync(parts[1..]);
    }

    private async Task EndAsync(string[] tags)
    {
        var now = time.GetUtcNow().UtcTicks;
        foreach (var tag in tags)
        {
            if (tag == Everything)
            {
                Volatile.Write(ref _everythingEnded, now);
            }
            else
            {
                _ended[tag] = now;
            }
        }
        try
        {
            foreach (var tag in tags)
            {
                await cache.RemoveByTagAsync(tag);
            }
        }
        catch (Exception exception) when (RedisGate.IsOutage(exception))
        {
            _unsent = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Caching pauses: changes on other replicas are not heard of without Redis: {Reason}"
        )]
        public static partial void Deaf(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Caching goes on: Redis is connected")]
        public static partial void Restored(ILogger logger);
    }
}
