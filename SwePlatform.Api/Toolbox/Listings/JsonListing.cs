using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Api.Toolbox.Listings;

/// <summary>Any JSON as a listing: <c>path: value</c>, each value as large as fits a line, long texts in pieces.</summary>
internal static class JsonListing
{
    private const int MaxValue = 400;

    // A step into the JSON: the name of a member, or an index.
    private sealed record Leaf(IReadOnlyList<object> Path, JsonElement Value, string? Piece);

    public static Listing Of(object value) => Of(JsonSerializer.SerializeToElement(value, value.GetType(), ToolJson.Options));

    public static Listing Of(JsonElement json)
    {
        json = json.ValueKind == JsonValueKind.Object ? json : JsonSerializer.SerializeToElement(new { value = json }, ToolJson.Options);
        var leaves = new List<Leaf>();
        Collect(json, [], leaves);
        return new("", Listing.Lines(leaves.Select(Write)), (start, end) => Rebuild(leaves, start, end))
        {
            Noun = "values",
            Whole = json.GetRawText(),
        };
    }

    private static void Collect(JsonElement json, IReadOnlyList<object> path, List<Leaf> leaves)
    {
        if (json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > MaxValue } text)
        {
            leaves.AddRange(TextCut.Pieces(text).Select(piece => new Leaf(path, json, piece)));
        }
        else if (path.Count > 0 && json.GetRawText().Length <= MaxValue)
        {
            leaves.Add(new(path, json, null));
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in json.EnumerateObject())
            {
                Collect(member.Value, [.. path, member.Name], leaves);
            }
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in json.EnumerateArray())
            {
                Collect(item, [.. path, index++], leaves);
            }
        }
        else
        {
            leaves.Add(new(path, json, null));
        }
    }

    private static string Write(Leaf leaf) =>
        $"{Name(leaf.Path)}: "
        + (leaf.Piece ?? (leaf.Value.ValueKind == JsonValueKind.String ? leaf.Value.GetString() : leaf.Value.GetRawText()));

    private static string Name(IReadOnlyList<object> path)
    {
        var name = new StringBuilder();
        foreach (var step in path)
        {
            name = step is int index
                ? name.Append(CultureInfo.InvariantCulture, $"[{index}]")
                : name.Append(name.Length == 0 ? "" : ".").Append(TextCut.End((string)step, 100));
        }
        return name.ToString();
    }

    // The same JSON without what is on other pages; lists close their ranks.
    private static JsonObject Rebuild(List<Leaf> leaves, int start, int end)
    {
        var root = new JsonObject();
        var nodes = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var leaf in leaves[start..end])
        {
            JsonNode parent = root;
            var path = "";
            for (var depth = 0; depth < leaf.Path.Count - 1; depth++)
            {
                path += $"/{leaf.Path[depth]}";
                if (!nodes.TryGetValue(path, out var node))
                {
                    nodes[path] = node = leaf.Path[depth + 1] is int ? new JsonArray() : new JsonObject();
                    Put(parent, leaf.Path[depth], node);
                }
                parent = node;
            }
            path += $"/{leaf.Path[^1]}";
            if (leaf.Piece is not null && nodes.TryGetValue(path, out var before))
            {
                var longer = JsonValue.Create((string)before! + leaf.Piece);
                before.ReplaceWith(longer);
                nodes[path] = longer;
            }
            else
            {
                JsonNode? value = leaf.Piece is { } piece ? JsonValue.Create(piece) : JsonNode.Parse(leaf.Value.GetRawText());
                Put(parent, leaf.Path[^1], value);
                if (leaf.Piece is not null)
                {
                    nodes[path] = value!;
                }
            }
        }
        return root;
    }

    private static void Put(JsonNode parent, object step, JsonNode? value)
    {
        if (parent is JsonArray list)
        {
            list.Add(value);
        }
        else
        {
            parent.AsObject()[(string)step] = value;
        }
    }
}
