using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace SwePlatform.Api.Data;

/// <summary>Without Postgres nothing can be answered.</summary>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("SELECT 1");
        command.CommandTimeout = 5;
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
