using System.Globalization;

namespace SwePlatform.Web.Clients;

public sealed record LoadTestMachineDto(string CpuModel, int Cores, long MemoryMegabytes, string Os);

public sealed record LoadTestFigureDto(string Name, string? Group, double Value);

public record LoadTestSummaryDto(
    Guid Id,
    string Scenario,
    string Runner,
    string? Commit,
    LoadTestMachineDto Machine,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Passed,
    bool Regressed,
    bool IsBaseline,
    IReadOnlyList<LoadTestFigureDto> Figures
)
{
    /// <summary>A figure over all requests.</summary>
    public double? Overall(string name) => Figures.FirstOrDefault(figure => figure.Group is null && figure.Name == name)?.Value;
}

public sealed record ThresholdVerdictDto(string Metric, string Threshold, bool Passed);

public sealed record FigureComparisonDto(
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

public sealed record GroupInvestigationDto(string? Group, IReadOnlyList<string> SlowRequests);

public sealed record LoadTestComparisonDto(
    string Verdict,
    string Explanation,
    Guid? BaselineId,
    IReadOnlyList<FigureComparisonDto> Figures,
    IReadOnlyList<GroupInvestigationDto> Investigate
);

public sealed record LoadTestDto(
    Guid Id,
    string Scenario,
    string Runner,
    string? Commit,
    LoadTestMachineDto Machine,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Passed,
    bool Regressed,
    bool IsBaseline,
    IReadOnlyList<LoadTestFigureDto> Figures,
    IReadOnlyList<ThresholdVerdictDto> Thresholds,
    LoadTestComparisonDto Comparison
) : LoadTestSummaryDto(Id, Scenario, Runner, Commit, Machine, StartedAt, DurationSeconds, Passed, Regressed, IsBaseline, Figures);

/// <summary>Load tests and how they compare.</summary>
internal sealed class LoadTestsClient(ApiConnection api)
{
    public Task<PageDto<LoadTestSummaryDto>> ListAsync(int skip, int limit, CancellationToken cancellationToken) =>
        api.GetAsync<PageDto<LoadTestSummaryDto>>(
            string.Create(CultureInfo.InvariantCulture, $"performance/load-tests?skip={skip}&limit={limit}"),
            cancellationToken
        );

    public Task<LoadTestDto> GetAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<LoadTestDto>($"performance/load-tests/{id}", cancellationToken);

    public Task<LoadTestSummaryDto> MakeBaselineAsync(Guid id, CancellationToken cancellationToken) =>
        api.PutAsync<LoadTestSummaryDto>($"performance/load-tests/{id}/baseline", null, cancellationToken);
}
