using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Load;

/// <summary>scripts/performance/scenarios.json, which the k6 scripts read too.</summary>
internal sealed record ScenarioFile(
    IReadOnlyDictionary<string, GroupTarget> Groups,
    double ErrorRate,
    SecondsRange ThinkSeconds,
    double WarmUpSeconds,
    IReadOnlyList<MixEntry> Mix,
    IReadOnlyDictionary<string, Scenario> Scenarios
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static string StandardPath => Path.Combine(Checkout.Find().Root, "scripts", "performance", "scenarios.json");

    public static ScenarioFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<ScenarioFile>(File.ReadAllText(path), Json)!;
            var strays = file.Mix.Where(entry => !file.Groups.ContainsKey(entry.Group)).Select(entry => entry.Name).ToList();
            return strays.Count == 0 && file.Mix.Sum(entry => entry.Weight) > 0
                ? file
                : throw new CommandException(
                    $"{path}: each entry of the mix needs a group that is in 'groups', and one needs a weight above 0. "
                        + $"Wrong: {string.Join(", ", strays)}"
                );
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    public LoadPlan Plan(string name, bool quick)
    {
        if (!Scenarios.TryGetValue(name, out var scenario))
        {
            throw new CommandException($"There is no scenario '{name}'. There are: {string.Join(", ", Scenarios.Keys)}.");
        }
        return LoadPlan.From(quick ? name + "-quick" : name, quick ? scenario.Shortened() : scenario, this);
    }
}

/// <summary>Milliseconds that a group's percentiles must stay below.</summary>
internal sealed record GroupTarget(double P95, double P99);

internal sealed record SecondsRange(double From, double To);

/// <param name="Endpoint">The route's template, as the platform's metrics name it.</param>
/// <param name="Expect">What the body of a good answer has in it.</param>
internal sealed record MixEntry(
    string Name,
    string Group,
    int Weight,
    string Method,
    string Path,
    string Endpoint,
    JsonObject? Body = null,
    string? Expect = null
);

internal sealed record Stage(string Duration, double Target);

/// <summary>A scenario in k6's own words: executor, stages and their like.</summary>
/// <param name="Quick">What differs when there is little time.</param>
internal sealed record Scenario(
    string? Description = null,
    string? Executor = null,
    int? Vus = null,
    string? Duration = null,
    double? Rate = null,
    double? StartRate = null,
    int? PreAllocatedVUs = null,
    int? MaxVUs = null,
    IReadOnlyList<Stage>? Stages = null,
    bool AbortOnFail = false,
    Scenario? Quick = null
)
{
    public Scenario Shortened() =>
        Quick is null
            ? this
            : this with
            {
                Vus = Quick.Vus ?? Vus,
                Duration = Quick.Duration ?? Duration,
                Rate = Quick.Rate ?? Rate,
                StartRate = Quick.StartRate ?? StartRate,
                Stages = Quick.Stages ?? Stages,
                Quick = null,
            };
}
