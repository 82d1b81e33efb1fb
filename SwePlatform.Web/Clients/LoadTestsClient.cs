using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record LoadTestMachine(string CpuModel, int Cores, long MemoryMegabytes, string Os);

public sealed record LoadTestFigure(string Name, string? Group, double Value);

public record LoadTestSummary(
    Guid Id,
    string Scenario,
    string Runner,
    string? Commit,
    LoadTestMachine Machine,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Passed,
    bool Regressed,
    bool IsBaseline,
    IReadOnlyList<LoadTestFigure> Figures
)
{
    /// <summary>A figure over all requests.</summary>
    public double? Overall(string name) => Figures.FirstOrDefault(figure => figure.Group is null && figure.Name == name)?.Value;
}

public sealed record ThresholdVerdict(string Metric, string Threshold, bool Passed);

public sealed record FigureComparison(
    string Name,
    string? Group,
    double Value,
    double? Baseline,
    double? BaselineChange,
    double? Mean,
    double? Deviations,
    bool Regressed,
    bool Improved
);

public sealed record GroupInvestigation(string? Group, IReadOnlyList<string> SlowRequests);

public sealed record LoadTestComparison(
    string Verdict,
    string Explanation,
    Guid? BaselineId,
    IReadOnlyList<FigureComparison> Figures,
    IReadOnlyList<GroupInvestigation> Investigate
);

public sealed record LoadTest(
    Guid Id,
    string Scenario,
    string Runner,
    string? Commit,
    LoadTestMachine Machine,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Passed,
    bool Regressed,
    bool IsBaseline,
    IReadOnlyList<LoadTestFigure> Figures,
    IReadOnlyList<ThresholdVerdict> Thresholds,
    LoadTestComparison Comparison
) : LoadTestSummary(Id, Scenario, Runner, Commit, Machine, StartedAt, DurationSeconds, Passed, Regressed, IsBaseline, Figures);

/// <summary>Load tests and how they compare.</summary>
internal sealed class LoadTestsClient(ApiConnection api)
{
    public Task<Page<LoadTestSummary>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<Page<LoadTestSummary>>(
            string.Create(CultureInfo.InvariantCulture, $"performance/load-tests?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<LoadTest> GetAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<LoadTest>($"performance/load-tests/{id}", cancellationToken);

    public Task<LoadTestSummary> MakeBaselineAsync(Guid id, CancellationToken cancellationToken) =>
        api.PutAsync<LoadTestSummary>($"performance/load-tests/{id}/baseline", null, cancellationToken);
}
