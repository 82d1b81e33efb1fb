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
    private const string Schema = "20261124000000_Schema";

    private static readonly string[] EarlyMigrations =
    [
        "20261123144826_Initial",
        "20261123144835_AuditLog",
        "20261123152556_LoadTests",
        "20261123160204_Performance",
        "20261123160810_ToolImports",
        "20261123162408_Settings",
        "20261123165623_IndexChanges",
        "20261123165701_AuditRetention",
    ];

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
            await ReplaceEarlyHistoryAsync(connection, cancellationToken);
            // Migrating compares the whole model with its last snapshot first, which a start with nothing to do need not wait for.
            if ((await context.GetPendingMigrationsAsync(cancellationToken)).Any())
            {
                await context.MigrateAsync(cancellationToken);
            }
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock(@key)", CancellationToken.None);
        }
    }

    /// <summary>
    /// A database that the eight migrations before the first release made has the schema that one makes now: it is carried on.
    /// </summary>
    private static async Task ReplaceEarlyHistoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand(
            """
            SELECT count(*) FILTER (WHERE "migration_id" = ANY (@early)), count(*) FILTER (WHERE "migration_id" = @schema)
            FROM "__EFMigrationsHistory"
            """,
            connection
        );
        read.Parameters.AddWithValue("early", EarlyMigrations);
        read.Parameters.AddWithValue("schema", Schema);
        long early;
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            early = reader.GetInt64(0);
            if (early == 0 || reader.GetInt64(1) > 0)
            {
                return;
            }
        }
        if (early < EarlyMigrations.Length)
        {
            throw new InvalidOperationException(
                $"This database was made by a version before the last one ({early} of {EarlyMigrations.Length} early migrations). "
                    + "Start the version of 2026-11-23 on it once, or restore a backup of a newer one."
            );
        }
        await using var replace = new NpgsqlCommand(
            """
            WITH early AS (DELETE FROM "__EFMigrationsHistory" WHERE "migration_id" = ANY (@early) RETURNING "product_version")
            INSERT INTO "__EFMigrationsHistory" ("migration_id", "product_version") SELECT @schema, max("product_version") FROM early
            """,
            connection
        );
        replace.Parameters.AddWithValue("early", EarlyMigrations);
        replace.Parameters.AddWithValue("schema", Schema);
        await replace.ExecuteNonQueryAsync(cancellationToken);
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
