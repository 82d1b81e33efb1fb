using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Tool.Load;

/// <summary>A run's result in the form of <c>k6 run --summary-export</c>.</summary>
internal static class K6SummaryWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(RunResult result) => ToJson(result).ToJsonString(Indented);

    public static JsonObject ToJson(RunResult result)
    {
        var all = result.All;
        var seconds = Math.Max(result.Duration.TotalSeconds, 0.001);
        var metrics = new JsonObject
        {
            ["http_reqs"] = Counter(all.Requests, seconds),
            ["iterations"] = Counter(all.Requests, seconds),
            ["dropped_iterations"] = Counter(all.Dropped, seconds),
            ["data_received"] = Counter(all.BytesReceived, seconds),
            ["data_sent"] = Counter(all.BytesSent, seconds),
            ["vus"] = Gauge(result.MostUsers, result.MostUsers),
            ["vus_max"] = Gauge(result.Plan.MaxUsers, result.Plan.MaxUsers),
        };
        foreach (var (name, values) in result.Metrics)
        {
            metrics[name] = Of(name, values, result.Thresholds);
        }
        foreach (var (entry, figures) in result.Mix.Entries.Zip(result.Figures))
        {
            var name = $"{Threshold.Duration}{{name:{entry.Definition.Name}}}";
            metrics[name] = Of(name, Metrics.Trend(figures.Latency), []);
        }
        return new JsonObject
        {
            ["root_group"] = new JsonObject
            {
                ["name"] = "",
                ["path"] = "",
                ["id"] = "d41d8cd98f00b204e9800998ecf8427e",
                ["groups"] = new JsonObject(),
                ["checks"] = new JsonObject(),
            },
            ["metrics"] = metrics,
            ["run"] = Describe(result),
        };
    }

    private static JsonObject Describe(RunResult result)
    {
        var run = new JsonObject
        {
            ["model"] = result.Plan.IsOpen ? "open" : "closed",
            ["bestRate"] = Math.Round(result.BestRate, 1),
            ["interrupted"] = result.Interrupted,
            ["answersByStatus"] = new JsonObject(
                result
                    .All.ByStatus.OrderBy(pair => pair.Key)
                    .Select(pair =>
                        KeyValuePair.Create<string, JsonNode?>(pair.Key == Sample.NoAnswer ? "none" : $"{pair.Key}", pair.Value)
                    )
            ),
        };
        if (result.Broken is { } broken)
        {
            run["breakingPoint"] = new JsonObject
            {
                ["requestsPerSecond"] = Math.Round(broken.PerSecond),
                ["threshold"] = broken.Threshold,
            };
        }
        return run;
    }

    private static JsonObject Of(string name, IReadOnlyDictionary<string, double> values, IReadOnlyList<Threshold> thresholds)
    {
        // This form calls a rate "value"; only handleSummary calls it "rate".
        var metric = new JsonObject(
            values.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key == "rate" ? "value" : pair.Key, pair.Value))
        );
        var own = thresholds.Where(threshold => threshold.Metric == name).ToList();
        if (own.Count > 0)
        {
            // It says whether the threshold was crossed: true is bad.
            metric["thresholds"] = new JsonObject(
                own.Select(threshold => KeyValuePair.Create<string, JsonNode?>(threshold.Expression, !threshold.Holds(values)))
            );
        }
        return metric;
    }

    private static JsonObject Counter(long count, double seconds) => new() { ["count"] = count, ["rate"] = count / seconds };

    private static JsonObject Gauge(double value, double most) =>
        new()
        {
            ["value"] = value,
            ["min"] = 0,
            ["max"] = most,
        };
}
