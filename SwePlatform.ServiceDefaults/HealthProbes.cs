using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SwePlatform.ServiceDefaults;

/// <summary>The probes of this process, by path.</summary>
internal sealed class HealthProbes(HealthCheckService checks, RequestDuration durations, TimeProvider time)
{
    public const string HealthPath = "/health";
    public const string AlivePath = "/alive";

    /// <summary>Marks the checks that say whether the process runs, whatever it depends on.</summary>
    public const string LiveTag = "live";

    private readonly HealthProbe _health = new(HealthPath, checks, _ => true, durations, time);
    private readonly HealthProbe _alive = new(AlivePath, checks, check => check.Tags.Contains(LiveTag), durations, time);

    public HealthProbe? Find(string? path) =>
        string.Equals(path, HealthPath, StringComparison.OrdinalIgnoreCase) ? _health
        : string.Equals(path, AlivePath, StringComparison.OrdinalIgnoreCase) ? _alive
        : path is [.., '/'] and { Length: > 1 } ? Find(path[..^1])
        : null;
}
