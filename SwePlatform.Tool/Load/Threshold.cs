using System.Globalization;
using System.Text.RegularExpressions;

namespace SwePlatform.Tool.Load;

/// <summary>A limit in k6's notation, such as <c>p(95)&lt;500</c> on <c>http_req_duration{group:api}</c>.</summary>
internal sealed partial record Threshold(string Metric, string Expression)
{
    public const string Duration = "http_req_duration";
    public const string Failed = "http_req_failed";
    public const string Checks = "checks";

    /// <summary>The platform's targets, by group of the mix.</summary>
    public static IReadOnlyList<Threshold> From(ScenarioFile file) =>
        [
            .. file.Groups.SelectMany(group =>
                new[]
                {
                    new Threshold(OfGroup(Duration, group.Key), Invariant($"p(95)<{group.Value.P95}")),
                    new Threshold(OfGroup(Duration, group.Key), Invariant($"p(99)<{group.Value.P99}")),
                }
            ),
            new(Failed, Invariant($"rate<{file.ErrorRate}")),
            new(Checks, Invariant($"rate>{1 - file.ErrorRate}")),
        ];

    public static string OfGroup(string metric, string group) => $"{metric}{{group:{group}}}";

    /// <summary>Whether it holds for a metric's values.</summary>
    public bool Holds(IReadOnlyDictionary<string, double> values)
    {
        var match = Notation().Match(Expression);
        if (!match.Success || !values.TryGetValue(match.Groups["value"].Value, out var value))
        {
            throw new CommandException($"The threshold '{Expression}' of {Metric} cannot be evaluated.");
        }
        var limit = double.Parse(match.Groups["limit"].Value, CultureInfo.InvariantCulture);
        return match.Groups["than"].Value switch
        {
            "<" => value < limit,
            "<=" => value <= limit,
            ">" => value > limit,
            _ => value >= limit,
        };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<value>[a-z]+(?:\(\d+(?:\.\d+)?\))?)\s*(?<than><=|>=|<|>)\s*(?<limit>\d+(?:\.\d+)?)$")]
    private static partial Regex Notation();
}
