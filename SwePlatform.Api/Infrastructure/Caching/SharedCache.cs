using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>One kind of value in the cache.</summary>
/// <param name="Name">Prefix of its keys, and its name in metrics.</param>
/// <param name="Lifetime">How long a value may be used at most, should no invalidation expire it earlier.</param>
internal sealed record CacheKind(string Name, TimeSpan Lifetime);

/// <summary>
/// Response bodies in memory and in Redis, made once for all who ask at the same time. What a request reads here is never older
/// than the last change that this replica knew of when the request came; <see cref="CacheInvalidation"/> says what it knows of,
/// and while it hears nothing, nothing cached is used.
/// </summary>
internal sealed class SharedCache(
    IMemoryCache memory,
    RedisCircuitBreaker redis,
    CacheInvalidation invalidation,
    CacheMetrics metrics,
    IServiceScopeFactory scopes,
    IOptions<JsonOptions> json,
    TimeProvider time
)
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Lookup> _running = [];

    private sealed record Lookup(long StartedAt, Lazy<Task<CachedJson>> Result);

    /// <summary>The value under a key, made by <paramref name="make"/> if it is not there.</summary>
    /// <param name="tags">What expires it; see <see cref="CacheInvalidation"/>.</param>
    /// <param name="fresh">Make it anew, and look nowhere.</param>
    /// <param name="make">Has a scope of its own, and is not cancelled: others may wait for its result after this request has gone.</param>
    public ValueTask<CachedJson> GetAsync<T>(
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
            metrics.RecordLookup(kind.Name, CacheMetrics.Source);
            return new(MakeAsync(make, cancellationToken));
        }
        key = $"{kind.Name}:{key}";
        if (memory.TryGetValue(key, out CachedJson? known) && !invalidation.IsExpired(known!.MadeAt, tags))
        {
            metrics.RecordLookup(kind.Name, CacheMetrics.Memory);
            return new(known);
        }
        return new(JoinAsync(kind, key, tags, make, cancellationToken));
    }

    /// <summary>Whether the other replicas find a value under a key.</summary>
    public Task<bool> IsSharedAsync(CacheKind kind, string key) =>
        redis.ExecuteAsync("cache read", database => database.KeyExistsAsync(RedisKey($"{kind.Name}:{key}")), false);

    // Joins the lookup that runs already, unless it began to read before a change that is known by now.
    private async Task<CachedJson> JoinAsync<T>(
        CacheKind kind,
        string key,
        string[] tags,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> make,
        CancellationToken cancellationToken
    )
    {
        var own = new Lookup(time.GetUtcNow().UtcTicks, new(() => LoadAsync(kind, key, tags, make)));
        var running = _running.AddOrUpdate(
            key,
            static (_, state) => state.own,
            static (_, current, state) => state.invalidation.IsExpired(current.StartedAt, state.tags) ? state.own : current,
            (own, invalidation, tags)
        );
        if (running != own)
        {
            metrics.RecordLookup(kind.Name, CacheMetrics.Memory);
            return await running.Result.Value.WaitAsync(cancellationToken);
        }
        var result = own.Result.Value;
        _ = result.ContinueWith(_ => _running.TryRemove(new(key, own)), TaskContinuationOptions.ExecuteSynchronously);
        return await result.WaitAsync(cancellationToken);
    }

    private async Task<CachedJson> LoadAsync<T>(
        CacheKind kind,
        string key,
        string[] tags,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> make
    )
    {
        var packed = await redis.ExecuteAsync("cache read", database => database.StringGetAsync(RedisKey(key)), RedisValue.Null);
        if (CachedJson.Unpack(packed) is { } shared && !invalidation.IsExpired(shared.MadeAt, tags))
        {
            metrics.RecordLookup(kind.Name, CacheMetrics.Redis);
            Remember(kind, key, shared);
            return shared;
        }
        metrics.RecordLookup(kind.Name, CacheMetrics.Source);
        var made = await MakeAsync(make, CancellationToken.None);
        if (made.Utf8.Length <= MaxBytes)
        {
            Remember(kind, key, made);
            // In a flow of its own: no request waits for it, so no trace of a request shows it.
            ThreadPool.UnsafeQueueUserWorkItem(
                state =>
                    _ = redis.ExecuteAsync("cache write", data => data.StringSetAsync(RedisKey(key), made.Pack(), kind.Lifetime), false),
                null
            );
        }
        return made;
    }

    private void Remember(CacheKind kind, string key, CachedJson value) =>
        memory.Set(
            key,
            value,
            new MemoryCacheEntryOptions
            {
                Size = value.Utf8.Length,
                AbsoluteExpiration = new DateTimeOffset(value.MadeAt, TimeSpan.Zero) + kind.Lifetime,
            }
        );

    private async Task<CachedJson> MakeAsync<T>(
        Func<IServiceProvider, CancellationToken, ValueTask<T>> make,
        CancellationToken cancellationToken
    )
    {
        var madeAt = time.GetUtcNow().UtcTicks;
        await using var scope = scopes.CreateAsyncScope();
        var value = await make(scope.ServiceProvider, cancellationToken);
        return new(value as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(value, json.Value.SerializerOptions), madeAt);
    }

    private static RedisKey RedisKey(string key) => $"swe:cache:{CachingSetup.Build}:{key}";
}
