using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>The second level of the cache: Redis, or nothing while Redis is away.</summary>
internal sealed class SharedMemory(RedisCache redis, RedisGate gate, RedisMetrics metrics) : IBufferDistributedCache
{
    // Under this prefix the cache keeps when a tag was ended. That must not be lost silently.
    private const string TagPrefix = "__MSFT_HCT__";

    private readonly IBufferDistributedCache _buffers = redis;

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => TryAsync(() => redis.GetAsync(key, token), null);

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default) =>
        await TryAsync(() => _buffers.TryGetAsync(key, destination, token).AsTask(), false);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        WriteAsync(key, () => redis.SetAsync(key, value, options, token));

    public async ValueTask SetAsync(
        string key,
        ReadOnlySequence<byte> value,
        DistributedCacheEntryOptions options,
        CancellationToken token = default
    ) => await WriteAsync(key, () => _buffers.SetAsync(key, value, options, token).AsTask());

    public Task RefreshAsync(string key, CancellationToken token = default) => WriteAsync(key, () => redis.RefreshAsync(key, token));

    public Task RemoveAsync(string key, CancellationToken token = default) => WriteAsync(key, () => redis.RemoveAsync(key, token));

    public byte[]? Get(string key) => throw OnlyAsync();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw OnlyAsync();

    public void Refresh(string key) => throw OnlyAsync();

    public void Remove(string key) => throw OnlyAsync();

    public bool TryGet(string key, IBufferWriter<byte> destination) => throw OnlyAsync();

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => throw OnlyAsync();

    private async Task<T> TryAsync<T>(Func<Task<T>> read, T otherwise)
    {
        if (!gate.IsOpen)
        {
            return otherwise;
        }
        var started = Stopwatch.GetTimestamp();
        var failed = false;
        try
        {
            return await read();
        }
        catch (Exception exception) when (RedisGate.IsOutage(exception))
        {
            failed = true;
            gate.Failed(exception);
            return otherwise;
        }
        finally
        {
            metrics.Asked("cache read", started, failed);
            RequestTrace.Add("redis", "cache read", started);
        }
    }

    private async Task WriteAsync(string key, Func<Task> write)
    {
        var isTag = key.StartsWith(TagPrefix, StringComparison.Ordinal);
        if (!gate.IsOpen && !isTag)
        {
            return;
        }
        var started = Stopwatch.GetTimestamp();
        var failed = true;
        try
        {
            await write();
            failed = false;
        }
        catch (Exception exception) when (RedisGate.IsOutage(exception) && !isTag)
        {
            gate.Failed(exception);
        }
        finally
        {
            metrics.Asked("cache write", started, failed);
        }
    }

    private static NotSupportedException OnlyAsync() => new("A thread must not wait for Redis: call the asynchronous method.");
}
