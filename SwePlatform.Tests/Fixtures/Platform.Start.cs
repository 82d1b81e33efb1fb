using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Api;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Tests.Fixtures;

/// <summary>Stores by the AppHost, as its users start them; the API in this process, behind a real Kestrel.</summary>
public sealed partial class Platform
{
    private const string SigningKey = "a-key-for-tests-that-signs-tokens-which-nobody-else-accepts";

    private AspireSystem _stores = null!;
    private Dictionary<string, string> _settings = null!;
    private ApiFactory _api = null!;

    /// <summary>The API's services, for looking behind its endpoints.</summary>
    public IServiceProvider Services => _api.Services;

    public string DatabaseConnectionString => _stores.DatabaseConnectionString;

    public string RedisConnectionString => _stores.RedisConnectionString;

    private async Task<Uri> StartAsync()
    {
        _stores = await AspireSystem.StartStoresAsync();
        _settings = new()
        {
            ["ConnectionStrings:swedb"] = _stores.DatabaseConnectionString,
            ["ConnectionStrings:redis"] = _stores.RedisConnectionString,
            ["Auth:SigningKey"] = SigningKey,
            ["Auth:AdminPassword"] = AdminPassword,
            ["Projects:LocalRoots:0"] = RepositoryRoot,
            ["Workspaces:Root"] = Path.Combine(_stores.DataFolder, "workspaces"),
        };
        _api = StartApi();
        return _api.ClientOptions.BaseAddress;
    }

    /// <summary>Another replica of the API on the same stores.</summary>
    /// <param name="settings">Settings of its own, in the notation with colons.</param>
    internal ApiFactory StartApi(params (string Name, string Value)[] settings)
    {
        var api = new ApiFactory(_settings, settings);
        api.UseKestrel(0);
        api.StartServer();
        return api;
    }

    private async Task StopAsync()
    {
        await _api.DisposeAsync();
        await _stores.DisposeAsync();
    }

    internal sealed class ApiFactory(IReadOnlyDictionary<string, string> common, IEnumerable<(string Name, string Value)> settings)
        : WebApplicationFactory<ApiMarker>
    {
        // How soon an API gives up that has to wait is no question of a test that does not set it: the machine may be busy with others.
        private static readonly (string Name, string Value)[] Defaults =
        [
            ("Auth:AllowRegistration", "true"),
            ("Auth:MaxRegistrationsPerAddress", "1000000"),
            ("RateLimits:SignInsPerAddress", "1000000"),
            ("Database:ConnectionTimeoutSeconds", "60"),
            ("Cache:RedisTimeoutMilliseconds", "60000"),
            ("Tools:WaitLimit", "00:10:00"),
            ("Tools:Concurrency", "32"),
        ];

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            foreach (var (name, value) in common)
            {
                builder.UseSetting(name, value);
            }
            foreach (var (name, value) in Defaults.Concat(settings))
            {
                builder.UseSetting(name, value);
            }
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            builder.UseEnvironment("Production");
            builder.ConfigureTestServices(services => services.AddSingleton<ITool, TestTool>().AddSingleton<ITool, UnrepeatableTestTool>());
        }
    }
}
