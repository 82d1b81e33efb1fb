using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>What makes an answer cheap: a cache of two levels, the output cache, compression.</summary>
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
        builder.AddRedis();
        var services = builder.Services;
        services.AddOptions<CacheOptions>().BindConfiguration(CacheOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services
            .AddOptions<MemoryCacheOptions>()
            .Configure<IOptions<CacheOptions>>((memory, cache) => memory.SizeLimit = cache.Value.MemoryBytes);
        services.AddMemoryCache();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<CacheInvalidation>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheInvalidation>());
        services.AddSingleton<SharedCache>();

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
}
