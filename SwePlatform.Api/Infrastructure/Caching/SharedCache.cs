using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>One kind of value in the cache.</summary>
/// <param name="Name">Prefix of its keys, and its name in metrics.</param>
/// <param name="Lifetime">How long a value is right at most, should no invalidation end it.</param>
internal sealed record CacheKind(string Name, TimeSpan Lifetime)
{
    public HybridCacheEntryOptions Options { get; } = new() { Expiration = Lifetime, LocalCacheExpiration = Lifetime };
}

/// <summary>
/// Response bodies in memory and in Redis, made once for all who ask at the same time. What a request reads here is
/// never older than the last change that was made before the request, on whichever replica: a replica that cannot hear
/// of changes because Redis is gone does not use the cache.
/// </summary>
internal sealed class SharedCache(
    HybridCache cache,
    CacheInvalidation invalidation,
    CacheMetrics metrics,
    IServiceScopeFactory scopes,
    IOptions<JsonOptions> json,
    TimeProvider time
)
{
    private static readonly HybridCacheEntryOptions OnlyMemory = new()
    {
        Flags =
            HybridCacheEntryFlags.DisableDistributedCache
            | HybridCacheEntryFlags.DisableUnderlyingData
            | HybridCacheEntryFlags.DisableLocalCacheWrite,
    };

    /// <summary>The value under a key, made by <paramref name="make"/> if it is not there.</summary>
    /// <param name="tags">What ends it; see <see cref="CacheInvalidation"/>.</param>
    /// <param name="fresh">Make it anew, and look nowhere.</param>
    /// <param name="make">Has a scope of its own: others may wait for its result after this request has gone.</param>
    public async ValueTask<CachedJson> GetAsync<T>(
        CacheKind kind,
        string key,
        string[] tags,
        bool fresh,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> make,
        CancellationToken cancellationToken
    )
    {
        if (fresh || !invalidation.IsConnected)
        {
            metrics.Looked(kind.Name, CacheMetrics.Source);
            return await MakeAsync(make, cancellationToken);
        }
        key = $"{kind.Name}:{key}";
        var known = await cache.GetOrCreateAsync<CachedJson?>(
            key,
            static _ => ValueTask.FromResult<CachedJson?>(null),
            OnlyMemory,
            tags,
            cancellationToken
        );
        if (known is not null && !invalidation.HasEnded(known, tags))
        {
            metrics.Looked(kind.Name, CacheMetrics.Memory);
            return known;
        }
        return await FindAsync(kind, key, tags, make, cancellationToken);
    }

    private async ValueTask<CachedJson> FindAsync<T>(
        CacheKind kind,
        string key,
        string[] tags,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> make,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var made = false;
            var trace = RequestTrace.Current;
            var value = await cache.GetOrCreateAsync(
                key,
                async token =>
                {
                    made = true;
                    RequestTrace.Continue(trace);
                    return await MakeAsync(make, token);
                },
                kind.Options,
                tags,
                cancellationToken
            );
            // It may have joined a call that began to read before the last change; the next one did not.
            if (!invalidation.HasEnded(value, tags))
            {
                metrics.Looked(kind.Name, made ? CacheMetrics.Source : CacheMetrics.Redis);
                return value;
            }
        }
        metrics.Looked(kind.Name, CacheMetrics.Source);
        return await MakeAsync(make, cancellationToken);
    }

    private async ValueTask<CachedJson> MakeAsync<T>(
        Func<IServiceProvider, CancellationToken, ValueTask<T>> make,
        CancellationToken cancellationToken
    )
    {
        var madeAt = time.GetUtcNow().UtcTicks;
        await using var scope = scopes.CreateAsyncScope();
        var value = await make(scope.ServiceProvider, cancellationToken);
        return new(value as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(value, json.Value.SerializerOptions), madeAt);
    }
}
