using Npgsql;

namespace SwePlatform.Api.Features.Performance.Database;

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
