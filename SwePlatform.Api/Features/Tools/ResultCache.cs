using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

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
/// <param name="Json">The result as JSON in UTF-8.</param>
/// <param name="ExecuteMs">What the tool took to make it.</param>
/// <param name="Level">Where it was found.</param>
internal sealed record CacheHit(byte[] Json, double ExecuteMs, string Level);

/// <summary>
/// Results of read-only tools, by what they depend on: the tool, its version, its arguments in one canonical form, and
/// the tree or commit it read. There is nothing to invalidate: another tree is another key. Memory holds what is in
/// use, Redis what is small, Postgres what is large; each is only a cache, so its failure is a miss.
/// </summary>
internal sealed partial class ResultCache(
    RedisGate redis, IServiceScopeFactory scopes, IOptions<ToolOptions> options, TimeProvider time, ILogger<ResultCache> logger) : IDisposable
{
    private const int MaxRedisBytes = 1024 * 1024;
    private const int MaxPostgresBytes = 16 * 1024 * 1024;
    private const int HeaderBytes = sizeof(double);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly MemoryCache _memory = new(new MemoryCacheOptions { SizeLimit = options.Value.ResultCacheBytes });

    /// <summary>The key of a call.</summary>
    /// <param name="scope">What <see cref="ITool.CacheScopeAsync"/> said.</param>
    public static string Key(ITool tool, object arguments, string scope) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { tool = tool.Name, version = tool.Version, scope, arguments = JsonSerializer.SerializeToElement(arguments, tool.ArgumentsType, ToolJson.Options) })));

    public async ValueTask<CacheHit?> FindAsync(string key)
    {
        if (_memory.TryGetValue(key, out CacheHit? known))
        {
            return known;
        }
        var found = await FindInRedisAsync(key) ?? await FindInPostgresAsync(key);
        if (found is not null)
        {
            Remember(key, found with { Level = "memory" });
        }
        return found;
    }

    public async Task StoreAsync(string key, byte[] json, double executeMs)
    {
        Remember(key, new(json, executeMs, "memory"));
        if (json.Length <= MaxRedisBytes)
        {
            await StoreInRedisAsync(key, Pack(json, executeMs));
        }
        else if (json.Length <= MaxPostgresBytes)
        {
            await StoreInPostgresAsync(key, Pack(json, executeMs));
        }
    }

    private void Remember(string key, CacheHit hit)
    {
        if (hit.Json.Length < options.Value.ResultCacheBytes / 8)
        {
            _memory.Set(key, hit, new MemoryCacheEntryOptions { Size = hit.Json.Length + 200, SlidingExpiration = Lifetime });
        }
    }

    private async Task<CacheHit?> FindInRedisAsync(string key)
    {
        try
        {
            return await redis.AskAsync("result read", database => database.StringGetAsync(RedisKey(key)), RedisValue.Null) is { IsNull: false } value ? Unpack((byte[])value!, "redis") : null;
        }
        catch (InvalidDataException exception)
        {
            Log.Failed(logger, exception.Message);
            return null;
        }
    }

    private Task<bool> StoreInRedisAsync(string key, byte[] packed) => redis.AskAsync("result write", database => database.StringSetAsync(RedisKey(key), packed, Lifetime), false);

    private async Task<CacheHit?> FindInPostgresAsync(string key)
    {
        await using var scope = scopes.CreateAsyncScope();
        var oldest = time.GetUtcNow() - Lifetime;
        var packed = await scope.ServiceProvider.GetRequiredService<SweDbContext>().CachedResults
            .Where(result => result.Key == key && result.CreatedAt > oldest).Select(result => result.Content).FirstOrDefaultAsync();
        return packed is null ? null : Unpack(packed, "postgres");
    }

    private async Task StoreInPostgresAsync(string key, byte[] packed)
    {
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>();
        await data.Database.ExecuteSqlAsync(
            $"INSERT INTO cached_results (key, content, created_at) VALUES ({key}, {packed}, {time.GetUtcNow()}) ON CONFLICT (key) DO UPDATE SET content = excluded.content, created_at = excluded.created_at");
    }

    private static RedisKey RedisKey(string key) => $"swe:result:{key}";

    private static byte[] Pack(byte[] json, double executeMs)
    {
        using var packed = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteDoubleLittleEndian(header, executeMs);
        packed.Write(header);
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(json);
        }
        return packed.ToArray();
    }

    private static CacheHit Unpack(byte[] packed, string level)
    {
        using var json = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed, HeaderBytes, packed.Length - HeaderBytes), CompressionMode.Decompress))
        {
            brotli.CopyTo(json);
        }
        return new(json.ToArray(), BinaryPrimitives.ReadDoubleLittleEndian(packed), level);
    }

    public void Dispose() => _memory.Dispose();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A result in Redis is damaged, and is made anew: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
