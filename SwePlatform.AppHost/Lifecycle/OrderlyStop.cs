using Microsoft.Extensions.Hosting;

namespace SwePlatform.AppHost.Lifecycle;

/// <summary>
/// Stops who uses the stores before the stores, and while the dashboard still takes their last telemetry; they would otherwise
/// run into the orchestrator's limit of six seconds.
/// </summary>
internal sealed class OrderlyStop(DistributedApplicationModel model, ResourceCommandService commands, DataFolderLease lease)
    : IHostedLifecycleService
{
    private static readonly string[] Order = ["web", "api"];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Terminal.Write("Stopping");
        foreach (var name in Order)
        {
            if (model.Resources.FirstOrDefault(resource => resource.Name == name) is { } resource)
            {
                await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        File.Delete(lease.Folder.RunFile);
        lease.Folder.Dispose();
        Terminal.Write("Stopped");
        return Task.CompletedTask;
    }
}
