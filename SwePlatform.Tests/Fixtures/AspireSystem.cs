using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using SwePlatform.AppHost.Lifecycle;
using SwePlatform.Tests.Builders;

namespace SwePlatform.Tests.Fixtures;

/// <summary>The AppHost as its users start it, on a data folder of its own and free ports, through Aspire's testing host.</summary>
public sealed class AspireSystem : IAsyncDisposable
{
    // One at a time: starting takes all that the machine has.
    private static readonly SemaphoreSlim Starting = new(1);

    private readonly TestDataFolder? _folder;

    private AspireSystem(DistributedApplication app, string data, TestDataFolder? folder) =>
        (App, DataFolder, _folder) = (app, data, folder);

    public DistributedApplication App { get; }

    public string DataFolder { get; }

    public string DatabaseConnectionString { get; private set; } = "";

    public string RedisConnectionString { get; private set; } = "";

    public Uri ApiAddress => Address("api");

    public Uri? WebAddress => Address("web");

    public Uri? SignInLink { get; private set; }

    /// <summary>Where the dashboard is, with what opens it; null without it.</summary>
    public Uri? DashboardLink { get; private set; }

    public static Task<AspireSystem> StartStoresAsync(string? data = null) => StartAsync(["--stores-only", "true"], data: data);

    /// <param name="data">The data folder; null makes one that is deleted at the end.</param>
    public static async Task<AspireSystem> StartAsync(
        string[] arguments,
        Action<IDistributedApplicationTestingBuilder>? change = null,
        string? data = null,
        bool dashboard = false
    )
    {
        await Starting.WaitAsync();
        try
        {
            var folder = data is null ? new TestDataFolder() : null;
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SwePlatform_AppHost>(
                [.. arguments, "--data", data ?? folder!.Path, "--api-port", "0", "--web-port", "0"],
                (options, _) => options.DisableDashboard = !dashboard
            );
            change?.Invoke(builder);
            var code = builder.Services.Select(service => service.ImplementationInstance).OfType<StartupSignInCode>().Single();
            var system = new AspireSystem(await builder.BuildAsync(), data ?? folder!.Path, folder);
            try
            {
                await system.WaitAsync();
            }
            catch
            {
                await system.DisposeAsync();
                throw;
            }
            system.SignInLink = system.Has("web") ? new(system.WebAddress!, $"/sign-in?code={code.Value}") : null;
            // Not where the configuration says: the testing host gives every part a port of its own.
            system.DashboardLink = dashboard
                ? new(system.App.GetEndpoint("aspire-dashboard", "http"), $"/login?t={builder.Configuration["AppHost:BrowserToken"]}")
                : null;
            return system;
        }
        finally
        {
            Starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        _folder?.Dispose();
    }

    private async Task WaitAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Timeout);
        await App.StartAsync(limit.Token);
        foreach (var name in (string[])["swedb", "redis", "api", "web"])
        {
            if (Has(name))
            {
                await App.ResourceNotifications.WaitForResourceHealthyAsync(name, limit.Token);
            }
        }
        DatabaseConnectionString = (await App.GetConnectionStringAsync("swedb", limit.Token))!;
        RedisConnectionString = (await App.GetConnectionStringAsync("redis", limit.Token))!;
    }

    private bool Has(string name) =>
        App.Services.GetService(typeof(DistributedApplicationModel)) is DistributedApplicationModel model
        && model.Resources.Any(resource => resource.Name == name);

    private Uri Address(string name) => Has(name) ? App.GetEndpoint(name, "http") : null!;
}

internal static class TestingBuilderExtensions
{
    /// <summary>Gives a project further settings.</summary>
    public static void Configure(
        this IDistributedApplicationTestingBuilder builder,
        string project,
        params (string Name, string Value)[] settings
    )
    {
        var resource = builder.CreateResourceBuilder(
            builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == project)
        );
        foreach (var (name, value) in settings)
        {
            resource.WithEnvironment(name, value);
        }
    }
}
