using System.Diagnostics;
using StackExchange.Redis;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Whether Redis is worth asking. When it is gone, or has just been too slow to answer, callers do without it at once
/// rather than each waiting for its own timeout.
/// </summary>
internal sealed partial class RedisGate(IConnectionMultiplexer redis, RedisMetrics metrics, TimeProvider time, ILogger<RedisGate> logger)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private long _restUntil;

    public bool IsOpen => redis.IsConnected && time.GetUtcNow().UtcTicks >= Volatile.Read(ref _restUntil);

    /// <summary>Whether <paramref name="exception"/> means that Redis failed, and not the caller.</summary>
    public static bool IsOutage(Exception exception) => exception is RedisException or TimeoutException or ObjectDisposedException;

    /// <summary>Asks Redis for something; <paramref name="otherwise"/> if it cannot be asked.</summary>
    /// <param name="name">What is asked, as traces and metrics show it.</param>
    public async Task<T> AskAsync<T>(string name, Func<IDatabase, Task<T>> question, T otherwise)
    {
        if (!IsOpen)
        {
            return otherwise;
        }
        var started = Stopwatch.GetTimestamp();
        var failed = false;
        try
        {
            return await question(redis.GetDatabase());
        }
        catch (Exception exception) when (IsOutage(exception))
        {
            failed = true;
            Failed(exception);
            return otherwise;
        }
        finally
        {
            metrics.Asked(name, started, failed);
            RequestTrace.Add("redis", name, started);
        }
    }

    public void Failed(Exception exception)
    {
        var now = time.GetUtcNow();
        if (Interlocked.Exchange(ref _restUntil, (now + Rest).UtcTicks) < now.UtcTicks)
        {
            Log.Resting(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer; doing without it for a while: {Reason}")]
        public static partial void Resting(ILogger logger, string reason);
    }
}
