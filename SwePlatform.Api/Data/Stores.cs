using Microsoft.AspNetCore.OutputCaching.StackExchangeRedis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Data;

/// <summary>
/// Postgres and Redis: an <see cref="NpgsqlDataSource"/>, a <see cref="SweDbContext"/> and an <see cref="IConnectionMultiplexer"/>.
/// </summary>
internal static class Stores
{
    private const string Database = "swedb";
    private const string Redis = "redis";

    public static void AddStores(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<DatabaseOptions>()
            .BindConfiguration(DatabaseOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(services =>
            new NpgsqlDataSourceBuilder(
                services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Apply(Required(builder.Configuration, Database))
            )
            {
                // The pool's name in metrics and traces; without one it is the whole connection string.
                Name = Database,
            }.Build()
        );
        builder.Services.AddPooledDbContextFactory<SweDbContext>(
            (services, options) => Configure(options, services.GetRequiredService<NpgsqlDataSource>())
        );
        builder.Services.AddHostedService<DatabaseMigrator>();

        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("postgres").AddCheck<RedisHealthCheck>("redis");

        Action<ConfigurationOptions> configure = options =>
            Configure(options, builder.Configuration.GetSection(CacheOptions.Section).Get<CacheOptions>() ?? new());
        // Without a receiver spans would be made for nobody.
        var untraced = string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        // The checks and retries are ours: they bound how long a request waits, and /health says one word.
        builder.EnrichNpgsqlDbContext<SweDbContext>(settings =>
            (settings.DisableRetry, settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) = (
                true,
                true,
                true,
                true
            )
        );
#if OUTPUT_CACHING_INTEGRATION
        // Registers the connection as well.
        builder.AddRedisOutputCache(
            Redis,
            settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, untraced),
            configure
        );
#else
        builder.AddRedisClient(Redis, settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, untraced), configure);
        builder.Services.AddStackExchangeRedisOutputCache(_ => { });
        builder
            .Services.AddOptions<RedisOutputCacheOptions>()
            .Configure<IConnectionMultiplexer>((options, redis) => options.ConnectionMultiplexerFactory = () => Task.FromResult(redis));
#endif
        // Two builds side by side, as during an upgrade, do not read each other's answers.
        builder.Services.Configure<RedisOutputCacheOptions>(options => options.InstanceName = $"swe:output:{CachingSetup.Build}:");
    }

    /// <summary>The context alone, on a given database.</summary>
    public static IServiceCollection AddSweDbContext(this IServiceCollection services, NpgsqlDataSource database) =>
        services.AddPooledDbContextFactory<SweDbContext>(options => Configure(options, database));

    private static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource database) =>
        options.UseNpgsql(database, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromSeconds(2), null)).UseSnakeCaseNamingConvention();

    // Whoever asks while Redis is unavailable is told so at once, rather than after a timeout.
    private static void Configure(ConfigurationOptions options, CacheOptions cache)
    {
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AsyncTimeout = cache.RedisTimeoutMilliseconds;
        options.KeepAlive = 5;
        options.ClientName = "swe-api";
    }

    private static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"The connection string '{name}' is not set. Start the platform with './run.sh', or set ConnectionStrings__{name}."
            );
}
