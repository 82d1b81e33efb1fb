using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Performance;

/// <summary>How fast a group of requests has to be: the performance targets.</summary>
/// <param name="Group"><c>health</c>, <c>api</c>, <c>tool</c> or <c>database</c>.</param>
public sealed record Target(string Group, double P95Ms, double P99Ms)
{
    internal const string Health = "health";
    internal const string Api = "api";
    internal const string Tool = "tool";
    internal const string Database = "database";

    internal static readonly IReadOnlyList<Target> All =
    [
        new(Health, 100, 200),
        new(Api, 500, 1000),
        new(Tool, 2000, 5000),
        new(Database, 100, 500),
    ];

    internal static Target? Of(string? group) => All.FirstOrDefault(target => target.Group == group);

    /// <summary>The group of an endpoint; null for streams, which last as long as there is something to say.</summary>
    internal static string? GroupOf(string endpoint) =>
        endpoint switch
        {
            "/health" or "/alive" => Health,
            "/api/v1/tools/execute" => Tool,
            _ when endpoint.StartsWith("/mcp", StringComparison.Ordinal) || endpoint.EndsWith("/events", StringComparison.Ordinal) => null,
            _ when endpoint.StartsWith("/api/", StringComparison.Ordinal) => Api,
            _ => null,
        };
}

/// <summary>A span of time up to now.</summary>
internal sealed record Window(string Name, TimeSpan Length, TimeSpan Step)
{
    public static readonly IReadOnlyList<Window> All =
    [
        new("5m", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10)),
        new("1h", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)),
        new("24h", TimeSpan.FromHours(24), TimeSpan.FromHours(1)),
        new("30d", TimeSpan.FromDays(30), TimeSpan.FromDays(1)),
    ];

    /// <exception cref="RequestException">There is no such window.</exception>
    public static Window Parse(string? name) =>
        All.FirstOrDefault(window => window.Name == (name ?? "1h"))
        ?? throw RequestException.Invalid("window", $"Use one of: {string.Join(", ", All.Select(window => window.Name))}.");
}
