using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.LoadTests;

/// <summary>
/// Says whether a run is worse than chance explains: beyond three standard deviations of the runs before it. How
/// much runs differ without any cause depends on the machine, so a fixed percentage would be wrong on most.
/// </summary>
internal sealed class LoadTestComparer(SweDbContext data, LoadTestMix mix)
{
    public const int RequiredRuns = 4;
    private const int MostRuns = 10;
    private const double Deviations = 3;

    // A few runs may agree by luck; the next one differs by more than they did.
    private const double LeastSigma = 0.05;
    private const double LeastMilliseconds = 1;
    private const double LeastErrorRate = 0.001;

    public async Task<LoadTestComparison> CompareAsync(
        LoadTestRun run,
        IReadOnlyList<ThresholdVerdict> thresholds,
        CancellationToken cancellationToken
    )
    {
        var others = data
            .LoadTestRuns.AsNoTracking()
            .Where(other =>
                other.Fingerprint == run.Fingerprint && other.Scenario == run.Scenario && other.Runner == run.Runner && other.Id != run.Id
            );
        var baseline = run.IsBaseline ? run : await others.FirstOrDefaultAsync(other => other.IsBaseline, cancellationToken);
        var recent = await others
            .Where(other => !other.Regressed && other.StartedAt < run.StartedAt)
            .OrderByDescending(other => other.StartedAt)
            .Take(MostRuns)
            .ToListAsync(cancellationToken);
        return Compare(run, thresholds, baseline, recent);
    }

    private LoadTestComparison Compare(
        LoadTestRun run,
        IReadOnlyList<ThresholdVerdict> thresholds,
        LoadTestRun? baseline,
        List<LoadTestRun> recent
    )
    {
        var figures = run.Figures.ConvertAll(figure => Compare(figure, baseline, recent));
        var regressed = figures.Where(figure => figure.Regressed).ToList();
        var verdict =
            recent.Count < RequiredRuns ? ComparisonVerdict.TooFewRuns
            : regressed.Count > 0 ? ComparisonVerdict.Regressed
            : figures.Exists(figure => figure.Improved) ? ComparisonVerdict.Improved
            : ComparisonVerdict.Steady;
        var slow = thresholds
            .Where(threshold => !threshold.Passed && K6Summary.IsDuration(threshold.Metric))
            .Select(threshold => K6Summary.GroupOf(threshold.Metric));
        return new(
            verdict,
            Explain(verdict, regressed, figures, recent.Count),
            baseline?.Id,
            recent.Count,
            RequiredRuns,
            [.. regressed.Select(NameOf)],
            figures,
            [.. regressed.Select(figure => figure.Group).Concat(slow).Distinct().Select(group => Investigate(group, run))]
        );
    }

    private static FigureComparison Compare(LoadFigure figure, LoadTestRun? baseline, List<LoadTestRun> recent)
    {
        var standard = baseline is null ? null : Find(baseline, figure);
        var change = standard > 0 ? figure.Value / standard - 1 : null;
        var values = recent.Select(run => Find(run, figure)).OfType<double>().ToList();
        if (values.Count < RequiredRuns)
        {
            return new(figure.Name, figure.Group, figure.Value, standard, change, null, null, null, Regressed: false, Improved: false);
        }
        var mean = values.Average();
        var sigma = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        var floor = figure.Name switch
        {
            K6Summary.ErrorRate => LeastErrorRate,
            K6Summary.Throughput => 0,
            _ => LeastMilliseconds,
        };
        var notable = Math.Max(Deviations * Math.Max(sigma, LeastSigma * mean), floor);
        var worse = figure.Name == K6Summary.Throughput ? mean - figure.Value : figure.Value - mean;
        return new(
            figure.Name,
            figure.Group,
            figure.Value,
            standard,
            change,
            mean,
            sigma,
            sigma > 0 ? (figure.Value - mean) / sigma : null,
            Regressed: worse > notable,
            Improved: -worse > notable
        );
    }

    private static double? Find(LoadTestRun run, LoadFigure figure) =>
        run.Figures.Find(candidate => candidate.Name == figure.Name && candidate.Group == figure.Group)?.Value;

    private static string Explain(
        ComparisonVerdict verdict,
        List<FigureComparison> regressed,
        List<FigureComparison> figures,
        int recent
    ) =>
        verdict switch
        {
            ComparisonVerdict.TooFewRuns =>
                $"{recent} comparable runs came before this one; {RequiredRuns} are needed to know how much runs differ by chance.",
            ComparisonVerdict.Regressed => $"Worse than {Deviations} standard deviations of the {recent} runs before: "
                + $"{string.Join("; ", regressed.Select(Describe))}.",
            ComparisonVerdict.Improved =>
                $"Better than the {recent} runs before: {string.Join("; ", figures.Where(figure => figure.Improved).Select(Describe))}.",
            _ => $"Within what the {recent} runs before differ by.",
        };

    private static string Describe(FigureComparison figure) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{NameOf(figure)} {figure.Value:0.###} (mean {figure.Mean:0.###}, σ {figure.Sigma:0.###})"
        );

    private static string NameOf(FigureComparison figure) => figure.Group is null ? figure.Name : $"{figure.Group}.{figure.Name}";

    private GroupInvestigation Investigate(string? group, LoadTestRun run)
    {
        var window = string.Create(
            CultureInfo.InvariantCulture,
            $"from={run.StartedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"
                + $"&to={run.StartedAt.UtcDateTime.AddSeconds(run.DurationSeconds):yyyy-MM-ddTHH:mm:ss.fffZ}"
        );
        const string Path = "/api/v1/performance/slow-requests";
        return new(
            group,
            group is null
                ? [$"{Path}?{window}"]
                : [.. mix.EndpointsOf(group).Select(endpoint => $"{Path}?endpoint={Uri.EscapeDataString(endpoint)}&{window}")]
        );
    }
}
