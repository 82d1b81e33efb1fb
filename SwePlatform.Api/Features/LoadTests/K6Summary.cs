using System.Text.Json;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.LoadTests;

/// <summary>
/// Reads what k6 wrote: <c>--summary-export</c> has values beside each other and thresholds that are true when crossed;
/// handleSummary's data has them under <c>values</c>, and thresholds that say <c>ok</c>.
/// </summary>
internal sealed class K6Summary
{
    public const string Throughput = "throughput";
    public const string ErrorRate = "errorRate";
    private const string Duration = "http_req_duration";
    private const string GroupPrefix = Duration + "{group:";

    private static readonly (string Key, string Name)[] Percentiles = [("med", "p50"), ("p(95)", "p95"), ("p(99)", "p99")];

    private K6Summary(List<LoadFigure> figures, List<ThresholdVerdict> thresholds) => (Figures, Thresholds) = (figures, thresholds);

    public List<LoadFigure> Figures { get; }

    public List<ThresholdVerdict> Thresholds { get; }

    public static K6Summary Read(JsonElement summary)
    {
        if (
            summary.ValueKind != JsonValueKind.Object
            || !summary.TryGetProperty("metrics", out var metrics)
            || metrics.ValueKind != JsonValueKind.Object
        )
        {
            throw Invalid("summary", "This is no summary of k6: it has no 'metrics'.");
        }
        var figures = new List<LoadFigure>
        {
            new() { Name = Throughput, Value = Required(metrics, "http_reqs", "rate") },
            new() { Name = ErrorRate, Value = ReadErrorRate(metrics) },
        };
        Required(metrics, Duration, "med");
        Required(metrics, Duration, "p(95)");
        var thresholds = new List<ThresholdVerdict>();
        foreach (var metric in metrics.EnumerateObject())
        {
            if (metric.Value.ValueKind != JsonValueKind.Object)
            {
                throw Invalid($"summary.metrics.{metric.Name}", "A metric is an object.");
            }
            thresholds.AddRange(ReadThresholds(metric));
            if (IsDuration(metric.Name))
            {
                var group = GroupOf(metric.Name);
                figures.AddRange(
                    Percentiles
                        .Select(percentile => (percentile.Name, Value: Find(metric.Value, metric.Name, percentile.Key)))
                        .Where(found => found.Value is not null)
                        .Select(found => new LoadFigure
                        {
                            Name = found.Name,
                            Group = group,
                            Value = found.Value!.Value,
                        })
                );
            }
        }
        return new K6Summary(figures, thresholds);
    }

    /// <summary>Whether a metric is the time of all requests, or of those of a group.</summary>
    public static bool IsDuration(string metric) => metric == Duration || metric.StartsWith(GroupPrefix, StringComparison.Ordinal);

    /// <summary>The group that a metric is about; null for all requests.</summary>
    public static string? GroupOf(string metric) =>
        // k6's own groups begin with "::".
        metric.StartsWith(GroupPrefix, StringComparison.Ordinal)
            ? metric[GroupPrefix.Length..].TrimStart(':').TrimEnd('}')
            : null;

    private static double ReadErrorRate(JsonElement metrics)
    {
        const string Metric = "http_req_failed";
        var failed = FindMetric(metrics, Metric);
        var rate = Find(failed, Metric, "value") ?? Find(failed, Metric, "rate");
        return rate is >= 0 and <= 1
            ? rate.Value
            : throw Invalid($"summary.metrics.{Metric}", "It needs 'value' (or 'rate'), from 0 to 1.");
    }

    private static double Required(JsonElement metrics, string metric, string value) =>
        Find(FindMetric(metrics, metric), metric, value) ?? throw Invalid($"summary.metrics.{metric}", $"It lacks '{value}'.");

    private static JsonElement FindMetric(JsonElement metrics, string metric) =>
        metrics.TryGetProperty(metric, out var found) && found.ValueKind == JsonValueKind.Object
            ? found
            : throw Invalid($"summary.metrics.{metric}", "This metric is missing.");

    private static double? Find(JsonElement metric, string name, string value)
    {
        var values = metric.TryGetProperty("values", out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : metric;
        if (!values.TryGetProperty(value, out var found))
        {
            return null;
        }
        return found.ValueKind == JsonValueKind.Number && found.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0
            ? number
            : throw Invalid($"summary.metrics.{name}", $"'{value}' is not a number of at least 0.");
    }

    private static IEnumerable<ThresholdVerdict> ReadThresholds(JsonProperty metric)
    {
        if (!metric.Value.TryGetProperty("thresholds", out var thresholds))
        {
            return [];
        }
        return thresholds.ValueKind == JsonValueKind.Object
            ? thresholds
                .EnumerateObject()
                .Select(threshold => new ThresholdVerdict(metric.Name, threshold.Name, Passed(metric.Name, threshold.Value)))
            : throw Invalid($"summary.metrics.{metric.Name}", "'thresholds' is not an object.");
    }

    private static bool Passed(string metric, JsonElement verdict) =>
        verdict.ValueKind switch
        {
            JsonValueKind.True => false,
            JsonValueKind.False => true,
            JsonValueKind.Object
                when verdict.TryGetProperty("ok", out var ok) && ok.ValueKind is JsonValueKind.True or JsonValueKind.False => verdict
                .GetProperty("ok")
                .GetBoolean(),
            _ => throw Invalid($"summary.metrics.{metric}", "A threshold is true (crossed) or false, or an object with 'ok'."),
        };

    private static RequestException Invalid(string field, string message) => RequestException.Invalid(field, message);
}
