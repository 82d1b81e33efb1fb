using BitFaster.Caching.Lru;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Features.Settings;

/// <summary>The settings in use, in memory: the least recently used leave when there are more than <see cref="Capacity"/>.</summary>
internal sealed class SettingCache(
    CacheInvalidation invalidation,
    CacheMetrics metrics,
    IDbContextFactory<SweDbContext> contexts,
    TimeProvider time
)
{
    public const int Capacity = 1000;
    private const string Name = "settings";

    // Less than how long the end of a value is remembered, see CacheInvalidation.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentLru<string, CachedJson> _known = new(Capacity);

    // That a key is not set is worth knowing too. Kept apart: anyone can ask for keys that do not exist.
    private readonly ConcurrentLru<string, CachedJson> _unset = new(Capacity / 10);

    /// <summary>The value of a setting; null if it is not set.</summary>
    /// <param name="fresh">Look in the database, even if it is known.</param>
    public async ValueTask<CachedJson?> FindAsync(string key, bool fresh, CancellationToken cancellationToken)
    {
        // Without word from the other replicas, what is known may be old.
        if (
            !fresh
            && invalidation.IsConnected
            && (_known.TryGet(key, out var known) || _unset.TryGet(key, out known))
            && time.GetUtcNow().UtcTicks - known.MadeAt < Lifetime.Ticks
            && !invalidation.HasEnded(known, [Tag(key)])
        )
        {
            metrics.Looked(Name, CacheMetrics.Memory);
            return known.Utf8.Length == 0 ? null : known;
        }
        metrics.Looked(Name, CacheMetrics.Source);
        var madeAt = time.GetUtcNow().UtcTicks;
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await data.Settings.AsNoTracking().FirstOrDefaultAsync(setting => setting.Key == key, cancellationToken);
        var value = new CachedJson(found is null ? [] : SettingResponse.From(found).ToUtf8(), madeAt);
        if (found is null)
        {
            _known.TryRemove(key);
            _unset.AddOrUpdate(key, value);
            return null;
        }
        _unset.TryRemove(key);
        _known.AddOrUpdate(key, value);
        return value;
    }

    /// <summary>To be called once a change is committed.</summary>
    public Task ForgetAsync(string key) => invalidation.InvalidateAsync(Tag(key));

    private static string Tag(string key) => $"setting:{key}";
}
