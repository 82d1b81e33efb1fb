using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using SwePlatform.AppHost.Stores;

namespace SwePlatform.AppHost.Lifecycle;

/// <summary>
/// Ends this program when the orchestrator's process (DCP) dies. Everything that it started ends with it, and Aspire would wait
/// for it for ever.
/// </summary>
internal sealed class OrchestratorWatch(IHostApplicationLifetime lifetime, DataFolderLease lease) : BackgroundService
{
    private const int Failed = 1;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // In a process of somebody else, such as a test's, there may be several orchestrators, and the process is not this one's to end.
        if (OperatingSystem.IsWindows() || Assembly.GetEntryAssembly() != typeof(OrchestratorWatch).Assembly)
        {
            return;
        }
        int? found = null;
        while ((found = await FindAsync(stoppingToken)) is null)
        {
            await Task.Delay(Interval, stoppingToken);
        }
        using var orchestrator = Process.GetProcessById(found.Value);
        await orchestrator.WaitForExitAsync(stoppingToken);
        // An orderly stop ends it too, a little later than it says so.
        await Task.Delay(Interval, stoppingToken);
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return;
        }
        await Console.Error.WriteLineAsync(
            $"The orchestrator (DCP, process {orchestrator.Id}) is gone, and everything that it started has ended. "
                + "Nothing that was saved is lost: start again."
        );
        File.Delete(lease.Folder.RunFile);
        Environment.Exit(Failed);
    }

    /// <summary>The process that was told to watch this one.</summary>
    private static async Task<int?> FindAsync(CancellationToken cancellationToken)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"dcp start-apiserver --monitor {Environment.ProcessId} ");
        var list = await ExternalProgram.RunAsync(new ProcessStartInfo("ps", ["-A", "-ww", "-o", "pid=,args="]), cancellationToken);
        // Not the one that only starts it in the background.
        var line = list
            .Output.Split('\n')
            .FirstOrDefault(line =>
                line.Contains(mark, StringComparison.Ordinal) && !line.Contains(" --detach ", StringComparison.Ordinal)
            );
        return line is null ? null : int.Parse(line.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
