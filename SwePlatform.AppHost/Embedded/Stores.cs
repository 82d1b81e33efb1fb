using SwePlatform.AppHost.Embedded.Postgres;

namespace SwePlatform.AppHost.Embedded;

/// <summary>The two stores, PostgreSQL and Garnet, started side by side.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private Stores(PostgresServer postgres, GarnetCache garnet)
    {
        Postgres = postgres;
        Garnet = garnet;
    }

    public PostgresServer Postgres { get; }

    public GarnetCache Garnet { get; }

    public string DatabaseConnectionString => Postgres.ConnectionString;

    public string RedisConnectionString => Garnet.ConnectionString;

    public static async Task<Stores> StartAsync(
        EmbeddedOptions options, DataDirectory data, Repository repository, HostLog log, CancellationToken cancellationToken)
    {
        // Garnet's start is not asynchronous.
        var garnet = Task.Run(() => GarnetCache.StartAsync(data, cancellationToken), cancellationToken);
        var postgres = PostgresServer.StartAsync(data, options.PostgresBinaries, repository.PostgresSettings, log, cancellationToken);
        try
        {
            await Task.WhenAll(garnet, postgres);
            return new Stores(await postgres, await garnet);
        }
        catch
        {
            if (garnet.IsCompletedSuccessfully)
            {
                (await garnet).Dispose();
            }
            if (postgres.IsCompletedSuccessfully)
            {
                await (await postgres).DisposeAsync();
            }
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Garnet.Dispose();
        await Postgres.DisposeAsync();
    }
}
