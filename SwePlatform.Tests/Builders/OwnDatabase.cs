using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Builders;

/// <summary>A migrated database of one test, for what would be every other test's trouble.</summary>
internal sealed class OwnDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OwnDatabase(NpgsqlConnectionStringBuilder address)
    {
        Address = address;
        Source = NpgsqlDataSource.Create(address);
        _services = new ServiceCollection().AddSweDbContext(Source).BuildServiceProvider();
        Audit = new AuditStore(Source, _services.GetRequiredService<IDbContextFactory<SweDbContext>>());
    }

    public NpgsqlConnectionStringBuilder Address { get; }

    public NpgsqlDataSource Source { get; }

    public AuditStore Audit { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="script">What is in it before the platform migrates it.</param>
    public static async Task<OwnDatabase> CreateAsync(Platform platform, string? script = null)
    {
        var name = $"own_{Guid.CreateVersion7():N}";
        await using (var server = NpgsqlDataSource.Create(platform.DatabaseConnectionString + ";Pooling=false"))
        {
            await server.CreateCommand($"CREATE DATABASE {name}").ExecuteNonQueryAsync(Cancel);
        }
        var database = new OwnDatabase(new(platform.DatabaseConnectionString) { Database = name, MaxPoolSize = 5 });
        if (script is not null)
        {
            await database.ExecuteAsync(script);
        }
        var migrator = new DatabaseMigrator(database._services.GetRequiredService<IDbContextFactory<SweDbContext>>(), database.Source);
        // Two replicas that start together: each migration still runs once.
        await Task.WhenAll(migrator.StartingAsync(Cancel), migrator.StartingAsync(Cancel));
        return database;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Source.DisposeAsync();
    }
}
