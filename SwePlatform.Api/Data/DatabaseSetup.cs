using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SwePlatform.Api.Data;

/// <summary>Postgres: an <see cref="NpgsqlDataSource"/> and a <see cref="SweDbContext"/>, migrated, and their health check.</summary>
internal static class DatabaseSetup
{
    private const string ConnectionName = "swedb";

    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<DatabaseOptions>()
            .BindConfiguration(DatabaseOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(services =>
            new NpgsqlDataSourceBuilder(
                services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Apply(ConnectionString(builder.Configuration))
            )
            {
                // The pool's name in metrics and traces; without one it is the whole connection string.
                Name = ConnectionName,
            }.Build()
        );
        builder.Services.AddPooledDbContextFactory<SweDbContext>(
            (services, options) => Configure(options, services.GetRequiredService<NpgsqlDataSource>())
        );
        builder.Services.AddHostedService<DatabaseMigrator>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("postgres");
        // The checks and retries are ours: they bound how long a request waits, and /health says one word.
        builder.EnrichNpgsqlDbContext<SweDbContext>(settings =>
            (settings.DisableRetry, settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) = (
                true,
                true,
                true,
                true
            )
        );
    }

    /// <summary>The context alone, on a given database.</summary>
    public static IServiceCollection AddSweDbContext(this IServiceCollection services, NpgsqlDataSource database) =>
        services.AddPooledDbContextFactory<SweDbContext>(options => Configure(options, database));

    private static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource database) =>
        options.UseNpgsql(database, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromSeconds(2), null)).UseSnakeCaseNamingConvention();

    private static string ConnectionString(IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"The connection string '{ConnectionName}' is not set. Start the platform with './run.sh', "
                    + $"or set ConnectionStrings__{ConnectionName}."
            );
}
