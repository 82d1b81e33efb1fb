using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace SwePlatform.Api.Features.LoadTests;

internal static class LoadTestLimits
{
    public const int Name = 50;
    public const int MachinePart = 200;
    public const double LongestSeconds = 7 * 24 * 3600;
}

/// <param name="Scenario">What was run, such as <c>load</c>; only runs of the same scenario are compared.</param>
/// <param name="Runner">What ran it: <c>k6</c> or <c>builtin</c>.</param>
/// <param name="Commit">The commit of the platform, if it is known.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="Summary">What k6 wrote, by <c>--summary-export</c> or in <c>handleSummary</c>.</param>
public sealed record CreateLoadTestRequest(
    [Required, RegularExpression(CreateLoadTestRequest.Word, ErrorMessage = CreateLoadTestRequest.WordMessage)] string Scenario,
    [Required, RegularExpression(CreateLoadTestRequest.Word, ErrorMessage = CreateLoadTestRequest.WordMessage)] string Runner,
    [Required] LoadTestMachine Machine,
    [Required] DateTimeOffset StartedAt,
    [Range(0.001, LoadTestLimits.LongestSeconds)] double DurationSeconds,
    [Required] JsonElement Summary,
    [RegularExpression("^[0-9a-f]{7,64}$", ErrorMessage = "A commit is 7 to 64 hexadecimal digits.")] string? Commit = null
)
{
    internal const string Word = "^[a-z0-9][a-z0-9._-]{0,49}$";
    internal const string WordMessage = "Use 1 to 50 small letters, digits, '.', '_' and '-', beginning with a letter or digit.";
}

/// <summary>The machine that a run was made on.</summary>
public sealed record LoadTestMachine(
    [Required, StringLength(LoadTestLimits.MachinePart, MinimumLength = 1)] string CpuModel,
    [Range(1, 65536)] int Cores,
    [Range(1, long.MaxValue)] long MemoryMegabytes,
    [Required, StringLength(LoadTestLimits.MachinePart, MinimumLength = 1)] string Os
);

public sealed record LoadTestFilter(
    [property: Description("Only runs of this scenario.")] string? Scenario = null,
    [property: Description("Only runs on the machine with this fingerprint.")] string? Fingerprint = null,
    [property: Description("The cursor of the page before.")] string? Cursor = null
);

/// <param name="Group">Group of the mix; null for all requests.</param>
/// <param name="Name"><c>p50</c>, <c>p95</c>, <c>p99</c> in milliseconds; <c>throughput</c> per second; <c>errorRate</c> from 0
/// to 1.</param>
public sealed record LoadTestFigure(string Name, string? Group, double Value);

/// <param name="Passed">Whether all thresholds were kept.</param>
/// <param name="Regressed">Whether it was worse than the runs before it when it was stored.</param>
public record LoadTestSummary(
    Guid Id,
    string Scenario,
    string Runner,
    string? Commit,
    string Fingerprint,
    LoadTestMachine Machine,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Passed,
    bool Regressed,
    bool IsBaseline,
    IReadOnlyList<LoadTestFigure> Figures,
    DateTimeOffset CreatedAt
)
{
    internal static LoadTestSummary From(LoadTestRun run) =>
        new(
            run.Id,
            run.Scenario,
            run.Runner,
            run.Commit,
            run.Fingerprint,
            new(run.CpuModel, run.Cores, run.MemoryMegabytes, run.Os),
            run.StartedAt,
            run.DurationSeconds,
            run.Passed,
            run.Regressed,
            run.IsBaseline,
            run.Figures.ConvertAll(figure => new LoadTestFigure(figure.Name, figure.Group, figure.Value)),
            run.CreatedAt
        );
}

/// <param name="Metric">The metric, as in k6's summary.</param>
/// <param name="Threshold">What was asked of it.</param>
public sealed record ThresholdVerdict(string Metric, string Threshold, bool Passed);

/// <summary>A run with all that is known about it.</summary>
public sealed record LoadTestResponse : LoadTestSummary
{
    internal LoadTestResponse(
        LoadTestRun run,
        IReadOnlyList<ThresholdVerdict> thresholds,
        LoadTestComparison comparison,
        JsonElement summary
    )
        : base(From(run)) => (Thresholds, Comparison, Summary) = (thresholds, comparison, summary);

    public IReadOnlyList<ThresholdVerdict> Thresholds { get; }

    public LoadTestComparison Comparison { get; }

    /// <summary>What k6 wrote.</summary>
    public JsonElement Summary { get; }
}

public enum ComparisonVerdict
{
    TooFewRuns,
    Steady,
    Improved,
    Regressed,
}

/// <summary>A run beside its baseline and the runs before it: same scenario, same runner, same machine.</summary>
/// <param name="BaselineId">The run that an administrator chose as baseline; null if there is none.</param>
/// <param name="RecentRuns">How many runs before this one it is compared with; those that had regressed are left out.</param>
/// <param name="Regressed">The figures that are worse than chance explains, by name.</param>
/// <param name="Investigate">Where to look for the cause, for each group that regressed or crossed a threshold.</param>
public sealed record LoadTestComparison(
    ComparisonVerdict Verdict,
    string Explanation,
    Guid? BaselineId,
    int RecentRuns,
    int RequiredRuns,
    IReadOnlyList<string> Regressed,
    IReadOnlyList<FigureComparison> Figures,
    IReadOnlyList<GroupInvestigation> Investigate
);

/// <param name="Baseline">The figure in the baseline run.</param>
/// <param name="BaselineChange">Change from the baseline, as a fraction of it.</param>
/// <param name="Mean">Mean of the recent runs.</param>
/// <param name="Sigma">Their standard deviation.</param>
/// <param name="Deviations">How many of those this run is away from the mean; negative is below.</param>
public sealed record FigureComparison(
    string Name,
    string? Group,
    double Value,
    double? Baseline,
    double? BaselineChange,
    double? Mean,
    double? Sigma,
    double? Deviations,
    bool Regressed,
    bool Improved
);

/// <param name="Group">Group of the mix; null for all requests.</param>
/// <param name="SlowRequests">The slowest requests of each of its endpoints while the test ran, with their SQL.</param>
public sealed record GroupInvestigation(string? Group, IReadOnlyList<string> SlowRequests);
