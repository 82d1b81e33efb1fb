using System.Diagnostics;
using StackExchange.Redis;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Commands to Redis that callers can do without. While Redis is unavailable, or has just been too slow to answer, they get their
/// fallback at once instead of each waiting for its own timeout.
/// </summary>
internal sealed partial class RedisCircuitBreaker(
    IConnectionMultiplexer redis,
    RedisMetrics metrics,
    TimeProvider time,
    ILogger<RedisCircuitBreaker> logger
)
{
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(2);

    private long _brokenUntil;

    /// <summary>Whether it is worth sending a command.</summary>
    public bool IsAvailable => redis.IsConnected && time.GetUtcNow().UtcTicks >= Volatile.Read(ref _brokenUntil);

    /// <summary>Whether <paramref name="exception"/> means that Redis failed, and not the caller.</summary>
    public static bool IsOutage(Exception exception) => exception is RedisException or TimeoutException or ObjectDisposedException;

    /// <summary>Runs a command; gives <paramref name="fallback"/> if Redis is unavailable.</summary>
    /// <param name="operation">The command, as traces and metrics show it.</param>
    public async Task<T> ExecuteAsync<T>(string operation, Func<IDatabase, Task<T>> command, T fallback)
    {
        if (!IsAvailable)
        {
            return fallback;
        }
        var started = Stopwatch.GetTimestamp();
        var failed = false;
        try
        {
            return await command(redis.GetDatabase());
        }
        catch (Exception exception) when (IsOutage(exception))
        {
            failed = true;
            RecordFailure(exception);
            return fallback;
        }
        finally
        {
            metrics.RecordCommand(operation, started, failed);
            RequestTrace.Add("redis", operation, started);
        }
    }

    public void RecordFailure(Exception exception)
    {
        var now = time.GetUtcNow();
        if (Interlocked.Exchange(ref _brokenUntil, (now + BreakDuration).UtcTicks) < now.UtcTicks)
        {
            Log.Broken(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer; doing without it for a while: {Reason}")]
        public static partial void Broken(ILogger logger, string reason);
    }
}
