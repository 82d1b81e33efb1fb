using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Data;

/// <summary>
/// Brings the schema up to date before the service accepts requests. Replicas that start together take turns
/// by an advisory lock, so each migration runs once.
/// </summary>
internal sealed class DatabaseMigrator(IDbContextFactory<SweDbContext> contexts, NpgsqlDataSource database) : IHostedLifecycleService
{
    // "swe" and "migr", as bytes: any number does that nothing else in this database uses.
    private const long LockKey = 0x737765_6D696772;
    private static readonly ActivitySource Activities = new(Extensions.TelemetryName);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("migrate database");
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(@key)", cancellationToken);
        try
        {
            await using var data = await contexts.CreateDbContextAsync(cancellationToken);
            var context = data.Database;
            // Asked for first, or a new database's first log line would be an error about this table.
            await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken);
            await context.MigrateAsync(cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock(@key)", CancellationToken.None);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("key", LockKey);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
