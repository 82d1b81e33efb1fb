using HdrHistogram;

namespace SwePlatform.Tool.Load;

/// <summary>Figures under k6's names for metrics and their values.</summary>
internal static class Metrics
{
    public const string ServiceTime = "http_req_service_time";
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>What the thresholds are evaluated on: times overall and by group, failures, checks.</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, double>> From(RequestMix mix, IReadOnlyList<EntryFigures> figures)
    {
        var all = EntryFigures.Sum(figures);
        var metrics = new Dictionary<string, IReadOnlyDictionary<string, double>>
        {
            [Threshold.Duration] = Trend(all.Latency),
            [ServiceTime] = Trend(all.Service),
            // k6 counts a failed request as a pass of the metric that asks whether it failed.
            [Threshold.Failed] = Rate(all.Failed, all.Requests),
            [Threshold.Checks] = Rate(all.AsExpected, all.Requests, whenNone: 1),
        };
        var byGroup = mix
            .Entries.Zip(figures, (entry, of) => (entry.Definition.Group, Figures: of))
            .GroupBy(pair => pair.Group, pair => pair.Figures);
        foreach (var group in byGroup)
        {
            metrics[Threshold.OfGroup(Threshold.Duration, group.Key)] = Trend(EntryFigures.Sum(group).Latency);
        }
        return metrics;
    }

    public static Dictionary<string, double> Trend(LongHistogram histogram)
    {
        var empty = histogram.TotalCount == 0;
        return new()
        {
            ["avg"] = empty ? 0 : Round(histogram.GetMean()),
            ["min"] = At(0),
            ["med"] = At(50),
            ["max"] = At(100),
            ["p(90)"] = At(90),
            ["p(95)"] = At(95),
            ["p(99)"] = At(99),
        };

        double At(double percentile) => empty ? 0 : Round(histogram.GetValueAtPercentile(percentile));
    }

    private static Dictionary<string, double> Rate(long passes, long all, double whenNone = 0) =>
        new()
        {
            ["rate"] = all == 0 ? whenNone : (double)passes / all,
            ["passes"] = passes,
            ["fails"] = all - passes,
        };

    private static double Round(double microseconds) => Math.Round(microseconds / MicrosecondsPerMillisecond, 3);
}
