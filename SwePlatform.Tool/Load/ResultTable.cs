using System.Globalization;

namespace SwePlatform.Tool.Load;

/// <summary>A run's result for people.</summary>
internal sealed class ResultTable(TextWriter output)
{
    public async Task WriteAsync(RunResult result)
    {
        var all = result.All;
        await PrintAsync(
            $"{all.Requests} requests in {result.Duration.TotalSeconds:0.0} s: ",
            $"{all.Requests / Math.Max(result.Duration.TotalSeconds, 0.001):0}/s on average, {result.BestRate:0}/s at best; ",
            $"{all.Failed} failed, {all.Requests - all.AsExpected} not as expected, {all.Dropped} never sent"
        );
        await PrintAsync($"  {"", -18}{"requests", 10}{"p50", 10}{"p95", 10}{"p99", 10}{"max", 10}  ms");
        foreach (var (entry, figures) in result.Mix.Entries.Zip(result.Figures))
        {
            var trend = Metrics.Trend(figures.Latency);
            await PrintAsync(
                $"  {entry.Definition.Name, -18}{figures.Requests, 10}",
                $"{trend["med"], 10:0.0}{trend["p(95)"], 10:0.0}{trend["p(99)"], 10:0.0}{trend["max"], 10:0.0}"
            );
        }
        if (all.ByStatus.Count > 1 || all.Failed > 0)
        {
            await output.WriteLineAsync(
                "  answers by status: "
                    + string.Join(
                        ", ",
                        all.ByStatus.OrderBy(pair => pair.Key)
                            .Select(pair => $"{(pair.Key == Sample.NoAnswer ? "none" : pair.Key)}: {pair.Value}")
                    )
            );
        }
        foreach (var threshold in result.Thresholds.Where(threshold => result.Metrics.ContainsKey(threshold.Metric)))
        {
            await PrintAsync(
                $"  {(threshold.Holds(result.Metrics[threshold.Metric]) ? "ok    " : "FAILED")} {threshold.Metric} {threshold.Expression}"
            );
        }
        if (result.Broken is { } broken)
        {
            await PrintAsync($"Breaking point: {broken.PerSecond:0} requests/s, where {broken.Threshold} failed");
        }
    }

    private Task PrintAsync(params FormattableString[] parts) =>
        output.WriteLineAsync(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
