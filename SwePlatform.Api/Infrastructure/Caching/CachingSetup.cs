using System.IO.Compression;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>What makes an answer cheap: two levels of cache, the output cache, compression.</summary>
internal static class CachingSetup
{
    private static readonly string[] CompressedTypes =
    [
        "text/plain",
        "text/css",
        "application/json",
        "application/javascript",
        "text/javascript",
        "application/problem+json",
        "text/html",
        "application/openapi+json",
    ];

    /// <summary>Part of every shared key: another build may write the same thing in another form.</summary>
    public static readonly string Build = typeof(CachingSetup).Module.ModuleVersionId.ToString("N")[..8];

    public static void AddCaching(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<CacheOptions>().BindConfiguration(CacheOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services
            .AddOptions<MemoryCacheOptions>()
            .Configure<IOptions<CacheOptions>>((memory, cache) => memory.SizeLimit = cache.Value.MemoryBytes);
        services.AddMemoryCache();
        services.AddSingleton<RedisMetrics>();
        services.AddSingleton<RedisGate>();
        services.AddSingleton<CacheMetrics>();

        services
            .AddOptions<RedisCacheOptions>()
            .Configure<IConnectionMultiplexer>(
                (options, redis) =>
                {
                    options.InstanceName = $"swe:cache:{Build}:";
                    options.ConnectionMultiplexerFactory = () => Task.FromResult(redis);
                }
            );
        services.AddSingleton<RedisCache>();
        services.AddSingleton<IDistributedCache, SharedMemory>();
        services
            .AddHybridCache(options => options.MaximumPayloadBytes = 16 * 1024 * 1024)
            .AddSerializer<CachedJson, CachedJsonSerializer>();
        services.AddSingleton<CacheInvalidation>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheInvalidation>());
        services.AddSingleton<SharedCache>();

        services.AddOutputCache();
        Layer(services);

        services.AddResponseCompression(options =>
        {
            // Secrets are never echoed beside what an attacker chooses, which is what BREACH needs.
            options.EnableForHttps = true;
            options.MimeTypes = CompressedTypes;
        });
        services.AddSingleton<IResponseCompressionProvider, LongResponseCompression>();
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }

    /// <summary>After authorization, so that nothing cached reaches those who may not see it.</summary>
    public static void UseCaching(this WebApplication app)
    {
        app.UseOutputCache();
        if (Compresses(app.Configuration))
        {
            app.UseResponseCompression();
            app.UseMiddleware<SmallResponses>();
        }
    }

    /// <summary>Off where a proxy in front compresses.</summary>
    public static bool Compresses(IConfiguration configuration) => configuration.GetValue("Http:Compression", true);

    // Behind the store that AddStores has registered.
    private static void Layer(IServiceCollection services)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IOutputCacheStore));
        services.Remove(registered);
        services.AddSingleton<IOutputCacheStore>(provider => new LayeredOutputCache(
            (IOutputCacheStore)Create(provider, registered),
            provider.GetRequiredService<IMemoryCache>(),
            provider.GetRequiredService<RedisGate>(),
            provider.GetRequiredService<CacheMetrics>(),
            provider.GetRequiredService<RedisMetrics>()
        ));
    }

    private static object Create(IServiceProvider provider, ServiceDescriptor descriptor) =>
        descriptor.ImplementationInstance
        ?? descriptor.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!);
}
