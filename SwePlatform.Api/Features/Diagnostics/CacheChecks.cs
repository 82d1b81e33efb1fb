using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;
using SwePlatform.Api.Features.Performance;
using SwePlatform.Api.Features.Performance.Summary;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>Probes of the caches.</summary>
internal sealed class CacheChecks(
    SharedCache cache,
    CacheInvalidation invalidation,
    IDistributedCache shared,
    RedisGate redis,
    SummaryReader reader,
    TimeProvider time
)
{
    private const long FewRequests = 100;
    private const double LowHitRate = 0.5;

    private static readonly CacheKind Kind = new("check", TimeSpan.FromSeconds(30));

    /// <summary>Stores a value, finds it in memory and in Redis, ends it, and finds it gone.</summary>
    public async Task<Finding> LevelsAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (!redis.IsOpen || !invalidation.IsConnected)
        {
            return Finding.Fail(
                "Redis does not answer, so nothing is shared and nothing is cached.",
                "Start Redis (on a developer's machine: the resource redis), and check ConnectionStrings:redis.",
                "slower, but not wrong: every answer is made anew"
            );
        }
        var (key, tag, made) = (Guid.CreateVersion7().ToString(), $"check:{Guid.CreateVersion7()}", 0);
        async Task ReadAsync() =>
            await cache.GetAsync(
                Kind,
                key,
                [tag],
                fresh: false,
                (_, _) => ValueTask.FromResult(Interlocked.Increment(ref made)),
                cancellationToken
            );
        await ReadAsync();
        await ReadAsync();
        var inMemory = made == 1;
        var inRedis = await IsSharedAsync($"{Kind.Name}:{key}", cancellationToken);
        await invalidation.InvalidateAsync(tag);
        await ReadAsync();
        var ended = made == 2;
        string[] evidence =
        [
            $"memory: {(inMemory ? "found" : "not found")}",
            $"Redis: {(inRedis ? "found" : "not found")}",
            $"after invalidation: {(ended ? "made anew" : "still the old value")}",
        ];
        return inMemory && inRedis && ended
            ? Finding.Pass("Both levels hold what they are given, and forget what has changed.", evidence)
            : Finding.Fail("A level of the cache does not work.", "See the log for what Redis answers; its memory may be full.", evidence);
    }

    // It is written there after the answer has gone out.
    private async Task<bool> IsSharedAsync(string key, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 250; attempt++)
        {
            if (await shared.GetAsync(key, cancellationToken) is not null)
            {
                return true;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }
        return false;
    }

    public async Task<Finding> HitRatesAsync(string? authorization, CancellationToken cancellationToken)
    {
        var report = await reader.CachesAsync(Window.Parse("1h"), cancellationToken);
        var caches = report.Caches.Where(known => known.Cache != Kind.Name).ToList();
        string[] evidence =
        [
            .. caches.Select(known =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{known.Cache}: {known.Requests} requests, {100 * known.HitRate ?? 0:0.#} % hits"
                )
            ),
        ];
        var low = caches.Where(known => known.Requests >= FewRequests && known.HitRate < LowHitRate).Select(known => known.Cache).ToList();
        return caches.Sum(known => known.Requests) < FewRequests
                ? Finding.Unknown("Too few requests in the last hour to judge by.", "Use the platform, then look again.", evidence)
            : low.Count == 0 ? Finding.Pass("Hit rates are good.", evidence)
            : Finding.Warn(
                $"Few hits in: {string.Join(", ", low)}.",
                "Clients that send 'Cache-Control: no-cache' or change what they read cause this; else raise "
                    + "Cache:MemoryBytes and the lifetimes.",
                evidence
            );
    }
}
