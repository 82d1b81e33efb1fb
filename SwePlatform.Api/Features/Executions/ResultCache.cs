using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Telemetry;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>A result that is too large for Redis.</summary>
internal sealed class CachedResult
{
    public required string Key { get; init; }
    public required byte[] Content { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class CachedResultMapping : IEntityTypeConfiguration<CachedResult>
{
    public void Configure(EntityTypeBuilder<CachedResult> builder)
    {
        builder.ToTable("cached_results");
        builder.HasKey(result => result.Key);
        builder.Property(result => result.Key).HasMaxLength(64);
        builder.HasIndex(result => result.CreatedAt).HasDatabaseName("idx_cached_results_created_at");
    }
}

/// <summary>A result from the cache.</summary>
/// <param name="Outcome">The result.</param>
/// <param name="ExecuteMs">What the tool took to make it.</param>
/// <param name="Level">Where it was found.</param>
internal sealed record CacheHit(ToolOutcome Outcome, double ExecuteMs, string Level);

/// <summary>
/// Results of read-only tools, by what they depend on: the tool, its version, its arguments in one canonical form, and
/// the tree or commit it read. There is nothing to invalidate: another tree is another key. Memory holds what is in
/// use, Redis what is small, Postgres what is large; each is only a cache, so its failure is a miss.
/// </summary>
internal sealed partial class ResultCache(
    RedisCircuitBreaker redis,
    IDbContextFactory<SweDbContext> contexts,
    IOptions<ExecutionOptions> options,
    TimeProvider time,
    ILogger<ResultCache> logger
) : IDisposable
{
    private const int MaxRedisBytes = 1024 * 1024;
    private const int MaxPostgresBytes = 16 * 1024 * 1024;
    private const int MaxStoring = 8;
    private static readonly byte[] InPostgres = [1];
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim _storing = new(MaxStoring);
    private readonly MemoryCache _memory = new(new MemoryCacheOptions { SizeLimit = options.Value.ResultCacheBytes });

    /// <summary>The key of a call.</summary>
    /// <param name="scope">What <see cref="ITool.CacheScopeAsync"/> said.</param>
    public static string Key(ITool tool, object arguments, string scope) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        format = CachedOutcome.Format,
                        tool = tool.Name,
                        version = tool.Version,
                        scope,
                        arguments = JsonSerializer.SerializeToElement(arguments, tool.ArgumentsType, ToolJson.Options),
                    }
                )
            )
        );

    public async ValueTask<CacheHit?> FindAsync(string key)
    {
        if (_memory.TryGetValue(key, out CacheHit? known))
        {
            return known;
        }
        var found = await FindSharedAsync(key);
        if (found is not null)
        {
            Remember(key, found with { Level = "memory" });
        }
        return found;
    }

    /// <summary>Remembers a result here, and stores it for the other replicas while nobody waits for that.</summary>
    public void Store(string key, ToolOutcome outcome)
    {
        Remember(key, new(outcome, outcome.ExecuteMs, "memory"));
        // So many at once that storage keeps up; what is left out is made anew by whoever asks another replica.
        if (outcome.Result!.Length <= MaxPostgresBytes && _storing.Wait(0))
        {
            _ = Task.Run(() => StoreAsync(key, outcome));
        }
    }

    private async Task StoreAsync(string key, ToolOutcome outcome)
    {
        RequestTrace.Continue(new());
        try
        {
            var packed = CachedOutcome.Pack(outcome);
            if (outcome.Result!.Length <= MaxRedisBytes)
            {
                await StoreInRedisAsync(key, packed);
            }
            else
            {
                await StoreInPostgresAsync(key, packed);
                await StoreInRedisAsync(key, InPostgres);
            }
        }
        catch (Exception exception)
        {
            Log.NotStored(logger, exception.Message);
        }
        finally
        {
            _storing.Release();
        }
    }

    private void Remember(string key, CacheHit hit)
    {
        if (hit.Outcome.Result!.Length < options.Value.ResultCacheBytes / 8)
        {
            _memory.Set(key, hit, new MemoryCacheEntryOptions { Size = hit.Outcome.Result!.Length + 200, SlidingExpiration = Lifetime });
        }
    }

    /// <summary>Looks only in this process, for a result that has just been made.</summary>
    public CacheHit? FindHere(string key) => _memory.TryGetValue(key, out CacheHit? known) ? known : null;

    // Redis knows of the large results too, so that a call whose result nobody has made costs no query.
    private async Task<CacheHit?> FindSharedAsync(string key)
    {
        if (!redis.IsAvailable)
        {
            return await FindInPostgresAsync(key);
        }
        var value = (byte[]?)await redis.ExecuteAsync("result read", database => database.StringGetAsync(RedisKey(key)), RedisValue.Null);
        try
        {
            return value is null ? null
                : value.Length == InPostgres.Length ? await FindInPostgresAsync(key)
                : Unpack(value, "redis");
        }
        catch (InvalidDataException exception)
        {
            Log.Failed(logger, exception.Message);
            return null;
        }
    }

    private Task<bool> StoreInRedisAsync(string key, byte[] packed) =>
        redis.ExecuteAsync("result write", database => database.StringSetAsync(RedisKey(key), packed, Lifetime), false);

    private async Task<CacheHit?> FindInPostgresAsync(string key)
    {
        await using var data = await contexts.CreateDbContextAsync();
        var oldest = time.GetUtcNow() - Lifetime;
        var packed = await data
            .CachedResults.Where(result => result.Key == key && result.CreatedAt > oldest)
            .Select(result => result.Content)
            .FirstOrDefaultAsync();
        return packed is null ? null : Unpack(packed, "postgres");
    }

    private async Task StoreInPostgresAsync(string key, byte[] packed)
    {
        await using var data = await contexts.CreateDbContextAsync();
        await data.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO cached_results (key, content, created_at) VALUES ({key}, {packed}, {time.GetUtcNow()})
            ON CONFLICT (key) DO UPDATE SET content = excluded.content, created_at = excluded.created_at
            """
        );
    }

    private static RedisKey RedisKey(string key) => $"swe:result:{key}";

    private static CacheHit Unpack(byte[] packed, string level)
    {
        var outcome = CachedOutcome.Unpack(packed);
        return new(outcome, outcome.ExecuteMs, level);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _storing.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A result could not be stored for other replicas: {Reason}")]
        public static partial void NotStored(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A result in Redis is damaged, and is made anew: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
