using System.Diagnostics;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Memory;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>
/// Output cache: Redis, which all replicas share, and before it a few seconds of memory, so that a hot response costs no
/// round trip. While Redis is away the memory serves alone.
/// </summary>
internal sealed class LayeredOutputCache(
    IOutputCacheStore redis,
    IMemoryCache memory,
    RedisGate gate,
    CacheMetrics metrics,
    RedisMetrics redisMetrics
) : IOutputCacheStore
{
    private const string Name = "output";
    private static readonly TimeSpan MaxMemory = TimeSpan.FromSeconds(5);

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        if (memory.TryGetValue((Name, key), out byte[]? known))
        {
            metrics.Looked(Name, CacheMetrics.Memory);
            return known;
        }
        var found = await TryAsync("output read", () => redis.GetAsync(key, cancellationToken));
        metrics.Looked(Name, found is null ? CacheMetrics.Source : CacheMetrics.Redis);
        if (found is not null)
        {
            Remember(key, found, MaxMemory);
        }
        return found;
    }

    public async ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken)
    {
        Remember(key, value, validFor < MaxMemory ? validFor : MaxMemory);
        await TryAsync(
            "output write",
            async () =>
            {
                await redis.SetAsync(key, value, tags, validFor, cancellationToken);
                return null;
            }
        );
    }

    public async ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) =>
        await TryAsync(
            "output evict",
            async () =>
            {
                await redis.EvictByTagAsync(tag, cancellationToken);
                return null;
            }
        );

    private void Remember(string key, byte[] value, TimeSpan validFor) =>
        memory.Set((Name, key), value, new MemoryCacheEntryOptions { Size = value.Length, AbsoluteExpirationRelativeToNow = validFor });

    private async ValueTask<byte[]?> TryAsync(string operation, Func<ValueTask<byte[]?>> action)
    {
        if (!gate.IsOpen)
        {
            return null;
        }
        var started = Stopwatch.GetTimestamp();
        var failed = false;
        try
        {
            return await action();
        }
        catch (Exception exception) when (RedisGate.IsOutage(exception))
        {
            failed = true;
            gate.Failed(exception);
            return null;
        }
        finally
        {
            redisMetrics.Asked(operation, started, failed);
        }
    }
}
