using Microsoft.AspNetCore.OutputCaching.StackExchangeRedis;
using StackExchange.Redis;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>Redis: the <see cref="IConnectionMultiplexer"/>, its health check, and the output cache that is kept in it.</summary>
internal static class RedisSetup
{
    private const string ConnectionName = "redis";

    public static void AddRedis(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RedisMetrics>();
        services.AddSingleton<RedisCircuitBreaker>();
        services.AddHealthChecks().AddCheck<RedisHealthCheck>(ConnectionName);

        Action<ConfigurationOptions> configure = options =>
            Configure(options, builder.Configuration.GetSection(CacheOptions.Section).Get<CacheOptions>() ?? new());
        // Without a receiver spans would be made for nobody. The health check is ours: /health says one word.
        var untraced = string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        services.AddOutputCache();
#if OUTPUT_CACHING_INTEGRATION
        // Registers the connection as well.
        builder.AddRedisOutputCache(
            ConnectionName,
            settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, untraced),
            configure
        );
#else
        builder.AddRedisClient(
            ConnectionName,
            settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, untraced),
            configure
        );
        services.AddStackExchangeRedisOutputCache(_ => { });
        services
            .AddOptions<RedisOutputCacheOptions>()
            .Configure<IConnectionMultiplexer>((options, redis) => options.ConnectionMultiplexerFactory = () => Task.FromResult(redis));
#endif
        // Two builds side by side, as during an upgrade, do not read each other's answers.
        services.Configure<RedisOutputCacheOptions>(options => options.InstanceName = $"swe:output:{CachingSetup.Build}:");
    }

    // Whoever asks while Redis is unavailable is told so at once, rather than after a timeout.
    private static void Configure(ConfigurationOptions options, CacheOptions cache)
    {
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AsyncTimeout = cache.RedisTimeoutMilliseconds;
        options.KeepAlive = 5;
        options.ClientName = "swe-api";
    }
}
