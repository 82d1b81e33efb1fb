namespace SwePlatform.AppHost.Embedded;

/// <summary>Settles the ports of the services before anything is started.</summary>
internal static class ServicePorts
{
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns <paramref name="asked"/> once it is free, or a free port for 0.</summary>
    public static async Task<int> ClaimAsync(int asked, string option, string lastRunFile, HostLog log, CancellationToken cancellationToken)
    {
        if (asked == 0)
        {
            return Ports.FindFree();
        }
        var problem = Ports.WhyNotUsable(asked, option);
        if (problem is not null && LastRun.HasOrphans(lastRunFile))
        {
            // Services of a host that was killed end by themselves, but not in an instant.
            log.Host($"Waiting for the last run to let go of port {asked}");
            using var patience = new CancellationTokenSource(OrphanPatience);
            while (problem is not null && !patience.IsCancellationRequested)
            {
                await Task.Delay(PollInterval, cancellationToken);
                problem = Ports.WhyNotUsable(asked, option);
            }
        }
        return problem is null ? asked : throw new HostException(problem);
    }
}
