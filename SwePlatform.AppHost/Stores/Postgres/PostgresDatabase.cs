using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>A database on a <see cref="PostgresProcess"/>.</summary>
internal sealed class PostgresDatabase(string name, PostgresProcess parent)
    : Resource(name),
        IResourceWithConnectionString,
        IResourceWithParent<PostgresProcess>
{
    public PostgresProcess Parent { get; } = parent;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={Name}");

    /// <summary>Creates the database unless it is there.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await using (var maintenance = new NpgsqlConnection(await Parent.GetServerConnectionStringAsync("postgres", cancellationToken)))
        {
            await maintenance.OpenAsync(cancellationToken);
            await using var exists = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{Name}'", maintenance);
            if (await exists.ExecuteScalarAsync(cancellationToken) is null)
            {
                await using var create = new NpgsqlCommand($"CREATE DATABASE {Name}", maintenance);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        await using var connection = new NpgsqlConnection(await Parent.GetServerConnectionStringAsync(Name, cancellationToken));
        await connection.OpenAsync(cancellationToken);
        await using var extension = new NpgsqlCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", connection);
        await extension.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>Whether a database answers.</summary>
internal sealed class PostgresHealthCheck(PostgresProcess server, string database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = new NpgsqlConnection(await server.GetServerConnectionStringAsync(database, cancellationToken));
            await connection.OpenAsync(cancellationToken);
            await using var query = new NpgsqlCommand("SELECT 1", connection);
            await query.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message);
        }
    }
}
