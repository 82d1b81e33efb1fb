using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SwePlatform.Tests.Fixtures;

namespace SwePlatform.Tests.Monitoring;

/// <summary>A query of a panel or of a variable.</summary>
internal sealed record PanelQuery(string Dashboard, string Panel, string Expression)
{
    public override string ToString() => $"{Dashboard} / {Panel}: {Expression}";
}

/// <summary>What is in <c>deploy/</c>: dashboards and rules.</summary>
internal static partial class Deployment
{
    private static readonly HashSet<string> Keywords = ["and", "or", "unless", "bool", "offset", "inf", "nan"];

    public static string Folder { get; } = Path.Combine(SourceTree.Root, "deploy");

    public static IEnumerable<(string Name, JsonNode Content)> Dashboards() =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, "grafana", "dashboards"), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file), JsonNode.Parse(File.ReadAllText(file))!));

    public static IEnumerable<JsonNode> Panels(JsonNode dashboard) =>
        dashboard["panels"]!.AsArray().Select(panel => panel!).Where(panel => (string?)panel["type"] != "row");

    /// <summary>All queries of all panels, with variables replaced as if everything were selected.</summary>
    public static IReadOnlyList<PanelQuery> Queries() =>
        [
            .. from dashboard in Dashboards()
            from panel in Panels(dashboard.Content)
            from target in panel["targets"]!.AsArray()
            select new PanelQuery(dashboard.Name, (string)panel["title"]!, Fill((string)target["expr"]!)),
        ];

    /// <summary>Label and selector of all variables that are looked up.</summary>
    public static IReadOnlyList<(string Label, string Selector)> Variables() =>
        [
            .. Dashboards()
                .SelectMany(dashboard => dashboard.Content["templating"]!["list"]!.AsArray())
                .Where(variable => (string?)variable!["type"] == "query")
                .Select(variable => LabelValues().Match(Fill((string)variable!["definition"]!)))
                .Select(match => (match.Groups["label"].Value, match.Groups["selector"].Value)),
        ];

    public static IReadOnlyList<string> RuleExpressions() => [.. Rules("expr")];

    public static IReadOnlyList<string> RecordedNames() => [.. Rules("record").Distinct()];

    /// <summary>The names of the metrics that an expression reads.</summary>
    public static IEnumerable<string> MetricNames(string expression) =>
        Identifiers()
            .Matches(Selectors().Replace(expression, " "))
            .Select(match => match.Value)
            .Where(name => !Keywords.Contains(name))
            .Distinct();

    private static string Fill(string expression) =>
        expression
            .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
            .Replace("$job", "api", StringComparison.Ordinal)
            .Replace("$instance", ".*", StringComparison.Ordinal)
            .Replace("$endpoint", ".*", StringComparison.Ordinal)
            .Replace("$tool", ".*", StringComparison.Ordinal);

    // Good enough for these files: a value on the line of its key, or the more indented lines below it.
    private static IEnumerable<string> Rules(string key)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "prometheus", "rules"), "*.yml"))
        {
            foreach (
                Match match in Regex.Matches(
                    File.ReadAllText(file),
                    $@"^ +(?:- )?{key}: (?:\|\n(?<value>(?: {{10}}.*\n)+)|(?<value>.+)\n)",
                    RegexOptions.Multiline
                )
            )
            {
                yield return match.Groups["value"].Value.Trim();
            }
        }
    }

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    // What is no name of a metric: label selectors, windows, and lists of labels.
    [GeneratedRegex(@"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"(?<![\w:.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Identifiers();
}
