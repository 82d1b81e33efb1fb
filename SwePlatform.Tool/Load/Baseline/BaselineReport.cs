using System.Globalization;
using System.Text;

namespace SwePlatform.Tool.Load.Baseline;

/// <summary>The baseline as Markdown.</summary>
internal sealed class BaselineReport(
    string? commit,
    Machine machine,
    IReadOnlyList<(RunResult Result, ResourceUse Use)> levels,
    RunResult broken
)
{
    public string Write()
    {
        var text = new StringBuilder();
        var (best, _) = levels.MaxBy(level => Throughput(level.Result));
        Line(
            text,
            $"Measured {broken.StartedAt.UtcDateTime:yyyy-MM-dd} at commit ",
            $"{commit?[..Math.Min(12, commit.Length)] ?? "unknown"} on {machine}, which also ran the database, the cache and ",
            $"the load generator."
        );
        Line(text, $"");
        Line(text, $"- **Maximum throughput**: {Throughput(best):0} requests/s of the mix, at {best.Plan.MaxUsers} connections.");
        Line(
            text,
            broken.Broken is { } point
                ? (FormattableString)$"- **Breaking point**: {point.PerSecond:0} requests/s; there `{point.Threshold}` failed. "
                : $"- **Breaking point**: not reached up to {broken.Plan.Ramps[^1].Target:0} requests/s.",
            broken.Broken is null ? (FormattableString)$"" : $"The most answered in five seconds was {broken.BestRate:0}/s."
        );
        Line(text, $"");
        Line(
            text,
            $"The mix of `scripts/performance/scenarios.json`, without pauses; times in milliseconds, errors in percent of requests."
        );
        Line(text, $"");
        WriteLevels(text);
        Line(text, $"");
        WriteEntries(text, best);
        return text.ToString();
    }

    private void WriteLevels(StringBuilder text)
    {
        Line(text, $"| connections | requests/s | p50 | p95 | p99 | max | errors | API: cores | API: memory | generator: cores |");
        Line(text, $"|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (result, use) in levels)
        {
            var trend = Metrics.Trend(result.All.Latency);
            Line(
                text,
                $"| {result.Plan.MaxUsers} | {Throughput(result):0} | {trend["med"]:0.0} | {trend["p(95)"]:0.0} | ",
                $"{trend["p(99)"]:0.0} | {trend["max"]:0.0} | {Errors(result):0.##} | {Known(use.ApiCores, "0.00")} | ",
                $"{Known(use.ApiMegabytes, "0 MB")} | {use.GeneratorCores:0.00} |"
            );
        }
    }

    private static void WriteEntries(StringBuilder text, RunResult result)
    {
        Line(text, $"By request, at {result.Plan.MaxUsers} connections:");
        Line(text, $"");
        Line(text, $"| request | group | requests/s | p50 | p95 | p99 |");
        Line(text, $"|---|---|---:|---:|---:|---:|");
        foreach (var (entry, figures) in result.Mix.Entries.Zip(result.Figures))
        {
            var trend = Metrics.Trend(figures.Latency);
            Line(
                text,
                $"| {entry.Definition.Name} | {entry.Definition.Group} | {figures.Requests / result.Duration.TotalSeconds:0} ",
                $"| {trend["med"]:0.0} | {trend["p(95)"]:0.0} | {trend["p(99)"]:0.0} |"
            );
        }
    }

    private static double Throughput(RunResult result) => result.All.Requests / result.Duration.TotalSeconds;

    private static double Errors(RunResult result) => 100.0 * result.All.Failed / Math.Max(1, result.All.Requests);

    private static string Known(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static void Line(StringBuilder text, params FormattableString[] parts) =>
        text.Append(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture)))).Append('\n');
}
