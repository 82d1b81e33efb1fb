using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SwePlatform.Web.Components.Pages.Performance;

/// <summary>Writes a plan of Postgres as its own text form does: one line a step, what feeds a step indented below it.</summary>
internal static class PlanText
{
    private static readonly string[] Conditions =
    [
        "Index Cond",
        "Recheck Cond",
        "Hash Cond",
        "Merge Cond",
        "Join Filter",
        "Filter",
        "Sort Key",
        "Group Key",
    ];

    public static string Write(JsonElement? plan)
    {
        var text = new StringBuilder();
        if (plan is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list[0].TryGetProperty("Plan", out var root))
        {
            WriteStep(text, root, 0);
        }
        return text.ToString();
    }

    private static void WriteStep(StringBuilder text, JsonElement step, int depth)
    {
        var indent = new string(' ', depth * 4);
        text.Append(indent).Append(depth == 0 ? "" : "-> ").Append(Read(step, "Node Type"));
        if (Read(step, "Index Name") is { } index)
        {
            text.Append(" using ").Append(index);
        }
        if (Read(step, "Relation Name") is { } table)
        {
            text.Append(" on ").Append(Read(step, "Schema") is { } schema ? $"{schema}.{table}" : table);
        }
        text.Append(CultureInfo.InvariantCulture, $"  (cost {Read(step, "Total Cost")}, rows {Read(step, "Plan Rows")})").Append('\n');
        foreach (var name in Conditions)
        {
            if (Read(step, name) is { } condition)
            {
                text.Append(indent).Append("   ").Append(name).Append(": ").Append(condition).Append('\n');
            }
        }
        if (step.TryGetProperty("Plans", out var children))
        {
            foreach (var child in children.EnumerateArray())
            {
                WriteStep(text, child, depth + 1);
            }
        }
    }

    private static string? Read(JsonElement step, string name) =>
        !step.TryGetProperty(name, out var value)
            ? null
            : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Array => string.Join(", ", value.EnumerateArray()),
                _ => value.GetRawText(),
            };
}
