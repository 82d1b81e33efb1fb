using System.Text.Json;

namespace SwePlatform.Api.Features.Database.Advice;

/// <summary>A table that a plan reads as a whole, and the columns by which an index would have found the rows.</summary>
internal sealed record FullScan(string Table, IReadOnlyList<string> Columns, double RowsWanted, string Why);

/// <summary>Walks through a plan and looks for tables that are read as a whole.</summary>
internal static class PlanScans
{
    private const int MostColumns = 3;

    /// <summary>A join is worth an index if its other side brings this many times fewer rows than the table has.</summary>
    private const double FewerRows = 20;

    public static List<FullScan> Find(JsonElement plan, Func<string, double> rowsOf)
    {
        var found = new List<FullScan>();
        Walk(plan[0].GetProperty("Plan"), [], rowsOf, found);
        return found;
    }

    private static void Walk(JsonElement node, List<JsonElement> above, Func<string, double> rowsOf, List<FullScan> found)
    {
        if (Text(node, "Node Type") == "Seq Scan" && Text(node, "Schema") is { } schema)
        {
            found.AddRange(Explain(node, $"{schema}.{Text(node, "Relation Name")}", above, rowsOf));
        }
        if (
            Text(node, "Node Type") == "Bitmap Heap Scan"
            && Text(node, "Schema") is { } place
            && WastedBitmap(node, $"{place}.{Text(node, "Relation Name")}") is { } wasted
        )
        {
            found.Add(wasted);
        }
        if (node.TryGetProperty("Plans", out var children))
        {
            above.Add(node);
            foreach (var child in children.EnumerateArray())
            {
                Walk(child, above, rowsOf, found);
            }
            above.RemoveAt(above.Count - 1);
        }
    }

    private static IEnumerable<FullScan> Explain(JsonElement scan, string table, List<JsonElement> above, Func<string, double> rowsOf)
    {
        var alias = Text(scan, "Alias")!;
        var rows = Rows(scan);
        var filters = Text(scan, "Filter") is { } filter
            ? PlanConditions
                .Split(filter)
                .Select(part => PlanConditions.Compared(part, alias))
                .OfType<(string Column, bool Equal)>()
                .ToList()
            : [];
        var equal = filters.Where(part => part.Equal).Select(part => part.Column).Distinct().ToList();
        var range = filters.Where(part => !part.Equal).Select(part => part.Column).Except(equal).Distinct().Take(1).ToList();
        var sort = SortAbove(above, alias);

        if (equal.Count + range.Count > 0)
        {
            var sorted = sort.Count > 0 && range.Count == 0;
            List<string> columns = [.. equal, .. sorted ? sort.Except(equal) : range];
            // An index in the right order is read only as far as the limit.
            yield return new(
                table,
                [.. columns.Take(MostColumns)],
                sorted && LimitAbove(above) is { } first ? Math.Min(rows, first) : rows,
                $"It is read as a whole to find the rows with {string.Join(", ", equal.Concat(range))}."
            );
        }
        else if (sort.Count > 0 && LimitAbove(above) is { } limit)
        {
            yield return new(
                table,
                [.. sort.Take(MostColumns)],
                limit,
                $"It is read as a whole, and sorted, for the first rows by {string.Join(", ", sort)}."
            );
        }

        if (JoinAbove(scan, above, alias) is { } join && join.OtherRows * FewerRows <= rowsOf(table))
        {
            yield return new(
                table,
                [.. join.Columns.Concat(equal.Except(join.Columns)).Take(MostColumns)],
                join.OtherRows,
                $"It is read as a whole to join it by {string.Join(", ", join.Columns)}."
            );
        }
    }

    /// <summary>An index that leads to many rows, of which a filter then keeps few.</summary>
    private static FullScan? WastedBitmap(JsonElement scan, string table)
    {
        var alias = Text(scan, "Alias")!;
        if (
            Text(scan, "Filter") is not { } filter
            || !scan.TryGetProperty("Plans", out var indexes)
            || indexes.EnumerateArray().Sum(Rows) < Rows(scan) * FewerRows
        )
        {
            return null;
        }
        var columns = PlanConditions
            .Split(filter)
            .Select(part => PlanConditions.Compared(part, alias))
            .Where(part => part is { Equal: true })
            .Select(part => part!.Value.Column)
            .Distinct()
            .Take(MostColumns)
            .ToList();
        return columns.Count == 0
            ? null
            : new(table, columns, Rows(scan), $"The index in use leads to many rows, of which few have the {string.Join(", ", columns)}.");
    }

    private static List<string> SortAbove(List<JsonElement> above, string alias)
    {
        // Gathering from parallel workers is between the two; anything else changes the rows.
        var parent = above.LastOrDefault(node => !Text(node, "Node Type")!.StartsWith("Gather", StringComparison.Ordinal));
        if (
            parent.ValueKind == JsonValueKind.Undefined
            || Text(parent, "Node Type") != "Sort"
            || !parent.TryGetProperty("Sort Key", out var keys)
        )
        {
            return [];
        }
        var columns = keys.EnumerateArray().Select(key => PlanConditions.SortColumn(key.GetString()!, alias)).ToList();
        return columns.TrueForAll(column => column is not null) ? columns.ConvertAll(column => column!) : [];
    }

    private static double? LimitAbove(List<JsonElement> above) =>
        above.Where(node => Text(node, "Node Type") == "Limit").Select(node => (double?)Rows(node)).LastOrDefault();

    private static (IReadOnlyList<string> Columns, double OtherRows)? JoinAbove(JsonElement scan, List<JsonElement> above, string alias)
    {
        var below = scan;
        for (var i = above.Count - 1; i >= 0; i--)
        {
            var node = above[i];
            var condition = Text(node, "Hash Cond") ?? Text(node, "Merge Cond") ?? Text(node, "Join Filter");
            if (condition is not null)
            {
                var columns = PlanConditions
                    .Split(condition)
                    .Select(part => PlanConditions.Compared(part, alias))
                    .Where(part => part is { Equal: true })
                    .Select(part => part!.Value.Column)
                    .Distinct()
                    .ToList();
                var child = below;
                var other = node.GetProperty("Plans")
                    .EnumerateArray()
                    .Where(plan => !JsonElement.DeepEquals(plan, child))
                    .Select(Rows)
                    .FirstOrDefault(double.MaxValue);
                return columns.Count > 0 ? (columns, other) : null;
            }
            if (Text(node, "Node Type") is not ("Hash" or "Sort" or "Materialize" or "Memoize" or "Gather" or "Gather Merge"))
            {
                return null;
            }
            below = node;
        }
        return null;
    }

    private static double Rows(JsonElement node) => node.GetProperty("Plan Rows").GetDouble();

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetString() : null;
}
