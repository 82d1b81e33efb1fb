using Npgsql;

namespace SwePlatform.Api.Features.Database;

/// <summary>Connections for looking at the server and changing indexes, outside of the pool that serves requests.</summary>
internal sealed class MaintenanceDatabase(IConfiguration configuration)
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("swedb"))
    {
        Pooling = false,
        MaxAutoPrepare = 0,
        Timeout = 5,
        // An index may take hours; what must be quick says so itself.
        CommandTimeout = 0,
        ApplicationName = "swe-maintenance",
        IncludeErrorDetail = false,
    }.ConnectionString;

    /// <summary>A connection that gives up rather than wait: what is locked is among what is looked for.</summary>
    public async Task<NpgsqlConnection> OpenToReadAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        await using var limits = new NpgsqlCommand("SET lock_timeout = '2s'; SET statement_timeout = '20s'", connection);
        await limits.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
