using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace SwePlatform.AppHost.Lifecycle;

/// <summary>Waits until the system is ready, says so, and writes the run file.</summary>
internal sealed class Readiness(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    IConfiguration configuration,
    SystemSettings settings,
    StartupSignInCode code,
    DataFolderLease lease,
    HealthCheckService health
) : BackgroundService
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();

    /// <summary>Whether it has been ready once: before, what fails ends the start; after, it is started again.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Waits until all parts answer, then announces it.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var phases = await Task.WhenAll(
            Parts()
                .Select(async name =>
                {
                    await notifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, cancellationToken);
                    return string.Create(CultureInfo.InvariantCulture, $"{name} {SinceStart().TotalSeconds:0.0} s");
                })
        );
        if (WasReady)
        {
            await WaitForAnswersAsync(cancellationToken);
        }
        var (api, web, dashboard) = (Address("api"), Address("web"), DashboardPorts.Link(configuration));
        var run = new RunFile(
            Environment.ProcessId,
            _started,
            api,
            web,
            dashboard,
            await ConnectionStringAsync("swedb", cancellationToken),
            await ConnectionStringAsync("redis", cancellationToken)
        );
        SecretFile.Write(lease.Folder.RunFile, JsonSerializer.Serialize(run, Json));
        var first = !WasReady;
        WasReady = true;
        foreach (var line in Lines(api, web, dashboard).Take(first ? int.MaxValue : 1))
        {
            Terminal.Write(line);
        }
        if (first)
        {
            Terminal.Write($"Started: {string.Join(", ", phases)} after the start");
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => AnnounceAsync(stoppingToken);

    // What the orchestrator knows of health may be half a minute old, and of before something crashed.
    private async Task WaitForAnswersAsync(CancellationToken cancellationToken)
    {
        var checks = Parts().Select(part => $"{part}_check").ToHashSet();
        while ((await health.CheckHealthAsync(check => checks.Contains(check.Name), cancellationToken)).Status != HealthStatus.Healthy)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private IEnumerable<string> Lines(string? api, string? web, string? dashboard)
    {
        yield return (api, web) switch
        {
            (null, _) => "Ready: stores only",
            (_, null) => $"Ready: API {api} (no web front end)",
            _ => $"Ready: web {web}, API {api}",
        };
        if (dashboard is not null)
        {
            yield return $"Dashboard: {dashboard}";
        }
        if (web is not null)
        {
            yield return $"Sign in: {web}/sign-in?code={code.Value}  (works once)";
        }
        else if (api is not null)
        {
            yield return $"Sign in: as admin@swe.local with the password in {lease.Folder.AdminPasswordFile}";
        }
    }

    private static TimeSpan SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return TimeProvider.System.GetLocalNow() - process.StartTime;
    }

    private IEnumerable<string> Parts() =>
        from name in settings.StoresOnly ? (string[])["swedb", "redis"] : ["swedb", "redis", "api", "web"]
        where model.Resources.Any(resource => resource.Name == name)
        select name;

    private string? Address(string name) =>
        model.Resources.OfType<IResourceWithEndpoints>().FirstOrDefault(resource => resource.Name == name)?.GetEndpoint("http").Url;

    private async Task<string?> ConnectionStringAsync(string name, CancellationToken cancellationToken) =>
        model.Resources.OfType<IResourceWithConnectionString>().FirstOrDefault(resource => resource.Name == name) is { } resource
            ? await resource.GetConnectionStringAsync(cancellationToken)
            : null;

    /// <summary>What <c>swe</c> and scripts need of a running system. It holds passwords: readable for its owner only.</summary>
    private sealed record RunFile(
        int ProcessId,
        DateTimeOffset StartedAt,
        string? Api,
        string? Web,
        string? Dashboard,
        string? Database,
        string? Redis
    );
}
