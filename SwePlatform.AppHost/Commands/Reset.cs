using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;

namespace SwePlatform.AppHost.Commands;

/// <summary>Empties both stores and the clones while nobody works with them.</summary>
internal static class Reset
{
    private static readonly string[] Services = ["web", "api"];

    public static async Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context, PlatformData data)
    {
        var stop = context.CancellationToken;
        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        var model = context.Services.GetRequiredService<DistributedApplicationModel>();
        var services = Services
            .Select(name => model.Resources.FirstOrDefault(resource => resource.Name == name))
            .OfType<IResource>()
            .ToList();
        foreach (var service in services)
        {
            await commands.ExecuteCommandAsync(service, KnownResourceCommands.StopCommand, stop);
        }
        try
        {
            await EmptyDatabaseAsync(await AddressAsync(model, "swedb", stop), stop);
            await EmptyRedisAsync(await AddressAsync(model, "redis", stop));
            foreach (var clone in Directory.EnumerateDirectories(data.Folder.Workspaces))
            {
                Directory.Delete(clone, recursive: true);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or RedisException or IOException or UnauthorizedAccessException)
        {
            return CommandResults.Failure($"Not everything was reset: {exception.Message}");
        }
        finally
        {
            foreach (var service in Enumerable.Reverse(services))
            {
                await commands.ExecuteCommandAsync(service, KnownResourceCommands.StartCommand, CancellationToken.None);
            }
        }
        return CommandResults.Success("Everything was reset. The administrator's password and the sign-in link are the same.");
    }

    private static async Task<string> AddressAsync(DistributedApplicationModel model, string name, CancellationToken stop) =>
        await model
            .Resources.OfType<IResourceWithConnectionString>()
            .Single(resource => resource.Name == name)
            .GetConnectionStringAsync(stop)
        ?? throw new InvalidOperationException($"{name} has no address.");

    private static async Task EmptyDatabaseAsync(string address, CancellationToken stop)
    {
        var target = new NpgsqlConnectionStringBuilder(address) { Pooling = false };
        var name = target.Database!;
        await using (
            var maintenance = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(address) { Database = "postgres", Pooling = false }.ConnectionString
            )
        )
        {
            await maintenance.OpenAsync(stop);
            await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", maintenance);
            await drop.ExecuteNonQueryAsync(stop);
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", maintenance);
            await create.ExecuteNonQueryAsync(CancellationToken.None);
        }
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync(stop);
        await using var extension = new NpgsqlCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", connection);
        await extension.ExecuteNonQueryAsync(stop);
    }

    private static async Task EmptyRedisAsync(string address)
    {
        var options = ConfigurationOptions.Parse(address);
        options.AllowAdmin = true;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        foreach (var server in redis.GetServers())
        {
            await server.FlushAllDatabasesAsync();
        }
    }
}
