using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Bench;

/// <summary>Postgres and Redis for a measurement, started by the AppHost on a data folder of their own.</summary>
internal sealed class StoresProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly ChildProcess _process;

    private StoresProcess(ChildProcess process, RunningSystem running) => (_process, Running) = (process, running);

    public RunningSystem Running { get; }

    public static async Task<StoresProcess> StartAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var process = AppHost.Start(dataFolder, ["--stores-only", "true"]);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(StartTimeout);
            while (!process.Process.HasExited)
            {
                if (RunningSystem.Read(dataFolder) is { Database: not null, Redis: not null } running)
                {
                    return new(process, running);
                }
                await Task.Delay(PollInterval, timeout.Token);
            }
            throw new CommandException($"The stores did not start:{Environment.NewLine}{process.Output}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await process.DisposeAsync();
            throw new CommandException(
                $"The stores did not start in {StartTimeout.TotalMinutes:0} minutes:{Environment.NewLine}{process.Output}"
            );
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

/// <summary>The built AppHost, as a child process that stops by SIGTERM.</summary>
internal static class AppHost
{
    private const string Project = "SwePlatform.AppHost";

    /// <exception cref="CommandException">There is nothing to start, which is better said before a minute of preparations.</exception>
    public static void RequireBuild() => Checkout.Find().BuiltAssembly(Project);

    public static ChildProcess Start(string dataFolder, IEnumerable<string> arguments, Action<string>? onLine = null)
    {
        var checkout = Checkout.Find();
        return ChildProcess.Start(
            checkout.BuiltAssembly(Project),
            Path.Combine(checkout.Root, Project),
            ["--data", dataFolder, "--no-dashboard", "true", .. arguments],
            new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Development" },
            stopsWithInput: false,
            onLine
        );
    }
}
