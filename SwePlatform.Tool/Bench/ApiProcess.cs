using System.Security.Cryptography;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Processes;

namespace SwePlatform.Tool.Bench;

/// <summary>The built API on given stores: the program alone, as in production, which reports to nobody.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private const string Project = "SwePlatform.Api";
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);
    private static readonly HttpClient Probe = new() { Timeout = ProbeTimeout };

    private readonly ChildProcess _child;
    private readonly int _port;

    private ApiProcess(ChildProcess child, int port) => (_child, _port) = (child, port);

    public System.Diagnostics.Process Process => _child.Process;

    public Uri Address => new($"http://localhost:{_port}");

    /// <summary>The settings of an installation, the same for each start on its data folder.</summary>
    /// <param name="localRoot">Folder whose repositories may be registered by path.</param>
    public static Dictionary<string, string> Settings(RunningSystem stores, string dataFolder, string adminPassword, string? localRoot)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__swedb"] = stores.Database!,
            ["ConnectionStrings__redis"] = stores.Redis!,
            ["Auth__SigningKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)),
            ["Auth__AdminPassword"] = adminPassword,
            ["Auth__AllowRegistration"] = "true",
            ["Workspaces__Root"] = Path.Combine(dataFolder, "workspaces"),
            ["SWE_STOP_WITH_PARENT"] = "true",
        };
        if (localRoot is not null)
        {
            settings["Projects__LocalRoots__0"] = localRoot;
        }
        return settings;
    }

    public static ApiProcess Start(IReadOnlyDictionary<string, string> settings)
    {
        var checkout = Checkout.Find();
        var port = LocalPorts.FindFree();
        var environment = new Dictionary<string, string>(settings) { ["ASPNETCORE_URLS"] = $"http://localhost:{port}" };
        return new(
            ChildProcess.Start(
                checkout.BuiltAssembly(Project),
                Path.Combine(checkout.Root, Project),
                [],
                environment,
                stopsWithInput: true
            ),
            port
        );
    }

    /// <exception cref="CommandException">It ended before it was ready.</exception>
    public async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        // By address: a name would be looked up, and tried as IPv6 first.
        var health = new Uri($"http://127.0.0.1:{_port}/health");
        while (!Process.HasExited)
        {
            try
            {
                using var response = await Probe.GetAsync(health, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception exception)
                when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not listening yet.
            }
            await Task.Delay(ProbeInterval, cancellationToken);
        }
        throw new CommandException(
            $"The API ended with exit code {Process.ExitCode} before it was ready:{Environment.NewLine}{_child.Output}"
        );
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();
}
