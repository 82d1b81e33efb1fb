using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SwePlatform.AppHost.Health;
using SwePlatform.AppHost.Lifecycle;
using SwePlatform.AppHost.Stores.Garnet;
using SwePlatform.AppHost.Stores.Postgres;

namespace SwePlatform.AppHost.Stores;

/// <summary>
/// Postgres and Redis: containers where an engine runs and in everything that is published, processes of this machine elsewhere.
/// Whoever references them cannot tell the difference.
/// </summary>
internal static class StoreExtensions
{
    private const string SettingsFile = "../deploy/postgres.conf";

    public static bool UsesContainers(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsPublishMode || ContainerEngine.IsRunning;

    /// <summary>Adds a Postgres server with the settings in deploy/postgres.conf, and the database <paramref name="name"/> on it.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddDatabaseStore(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        PlatformData data
    )
    {
        var password = builder.AddSecret("postgres-password", data, 24, "Password of Postgres' superuser.");
        var settingsFile = Path.GetFullPath(SettingsFile, builder.AppHostDirectory);
        return builder.UsesContainers()
            ? builder
                .AddPostgres("postgres", password: password)
                .WithDataVolume(data.Volume("postgres"))
                .WithArgs([.. PostgresArguments.Read(settingsFile)])
                .WithIconName("Database")
                .WithPgAdmin(admin => admin.WithIconName("DatabaseSearch"))
                .AddDatabase(name)
            : builder.AddPostgresProcess(name, password, data, settingsFile);
    }

    /// <summary>Adds Redis, or Garnet, with persistence.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisStore(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        PlatformData data
    )
    {
        var password = builder.AddSecret("redis-password", data, 24, "Password of Redis.");
        return builder.UsesContainers()
            ? builder
                .AddRedis(name, password: password)
                .WithDataVolume(data.Volume("redis"))
                .WithPersistence(interval: TimeSpan.FromSeconds(60), keysChangedThreshold: 1)
                .WithIconName("Flash")
                .WithRedisInsight(insight => insight.WithIconName("DatabaseSearch"))
            : builder.AddGarnetProcess(name, password, data);
    }

    private static IResourceBuilder<PostgresDatabase> AddPostgresProcess(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource> password,
        PlatformData data,
        string settingsFile
    )
    {
        var folder = data.Folder;
        var server = new PostgresProcess("postgres", folder.Root, Ports.FindFree(), password.Resource);
        var resource = builder
            .AddResource(server)
            .WithEndpoint("tcp", endpoint => endpoint.ListenOn(server.Port))
            .WithArgs(context =>
            {
                foreach (var argument in server.CommandLine())
                {
                    context.Args.Add(argument);
                }
            })
            .WithEnvironment("LC_ALL", "C")
            .WithReadinessCheck(() => new PostgresHealthCheck(server, "postgres"))
            .WithIconName("Database")
            .OnBeforeResourceStarted((_, starting, stop) => PrepareAsync(server, folder, settingsFile, starting.Services, stop));

        var database = builder
            .AddResource(new PostgresDatabase(name, server))
            .WithInitialState(
                new()
                {
                    ResourceType = "PostgresDatabase",
                    State = KnownResourceStates.Waiting,
                    Properties = [],
                }
            )
            .WithReadinessCheck(() => new PostgresHealthCheck(server, name))
            .WithIconName("DatabaseMultiple");
        resource.OnResourceReady(
            async (_, ready, stop) =>
            {
                await database.Resource.EnsureAsync(stop);
                // The orchestrator hands only a container's state down. Raised once: after a restart of the server it stays running.
                await ready
                    .Services.GetRequiredService<ResourceNotificationService>()
                    .PublishUpdateAsync(database.Resource, snapshot => snapshot with { State = KnownResourceStates.Running });
            }
        );
        return database;
    }

    private static IResourceBuilder<GarnetProcess> AddGarnetProcess(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource> password,
        PlatformData data
    )
    {
        var program = BuiltProgram.Of("SwePlatform.Garnet", builder.AppHostDirectory);
        var server = new GarnetProcess(name, program, data.Folder.Root, Ports.FindFree(), password.Resource);
        return builder
            .AddResource(server)
            .WithEndpoint("tcp", endpoint => endpoint.ListenOn(server.Port))
            .WithEnvironment("Garnet__Port", server.Port.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("Garnet__Folder", data.Folder.Garnet)
            .WithEnvironment("Garnet__Password", password)
            .WithReadinessCheck(() => new GarnetHealthCheck(server))
            .WithIconName("Flash");
    }

    // Whoever waits for the database would wait for ever, and nobody be told why.
    private static async Task PrepareAsync(
        PostgresProcess server,
        DataFolder folder,
        string settingsFile,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await server.PrepareAsync(folder, settingsFile, cancellationToken);
        }
        catch (StartException exception) when (!services.GetRequiredService<Readiness>().WasReady)
        {
            Terminal.Fail(exception.Message);
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            throw;
        }
    }

    // Directly, without the orchestrator's proxy between.
    private static void ListenOn(this EndpointAnnotation endpoint, int port) =>
        (endpoint.IsProxied, endpoint.UriScheme, endpoint.TargetHost, endpoint.Port, endpoint.TargetPort) = (
            false,
            "tcp",
            "127.0.0.1",
            port,
            port
        );
}
