using System.Text.Json;

namespace SwePlatform.Api.Features.LoadTests;

/// <summary>Which endpoints the groups of the mix call: scripts/performance/scenarios.json, built in.</summary>
internal sealed class LoadTestMix
{
    private const string Resource = "scenarios.json";
    private readonly ILookup<string, string> _endpoints;

    public LoadTestMix()
    {
        using var stream = typeof(LoadTestMix).Assembly.GetManifestResourceStream(Resource)!;
        using var scenarios = JsonDocument.Parse(stream);
        _endpoints = scenarios
            .RootElement.GetProperty("mix")
            .EnumerateArray()
            .Select(entry => (Group: entry.GetProperty("group").GetString()!, Endpoint: entry.GetProperty("endpoint").GetString()!))
            .Distinct()
            .ToLookup(entry => entry.Group, entry => entry.Endpoint);
    }

    public IEnumerable<string> EndpointsOf(string group) => _endpoints[group];
}
