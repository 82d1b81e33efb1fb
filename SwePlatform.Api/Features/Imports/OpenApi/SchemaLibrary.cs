using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>A schema as JSON Schema 2020-12.</summary>
/// <param name="Json">In UTF-8.</param>
/// <param name="References">The definitions that it needs.</param>
/// <param name="IsCut">Whether something in it was left open.</param>
internal sealed record ConvertedSchema(byte[] Json, IReadOnlyList<string> References, bool IsCut);

/// <summary>
/// The schemas of a document, each converted once however many operations use it. What does not fit is left open:
/// a tool then takes more than it shows, never less.
/// </summary>
internal sealed partial class SchemaLibrary(OpenApiDocument document)
{
    // Twelve levels of schemas are some fifty of JSON, and readers take 64 at most.
    private static readonly int[] Depths = [12, 8, 5, 3, 1];

    private static readonly ConvertedSchema Open = new("{}"u8.ToArray(), [], true);

    private readonly Dictionary<(string, int), ConvertedSchema> _definitions = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private List<string> _references = [];
    private bool _isCut;

    public OpenApiDocument Document => document;

    /// <summary>The schema, in as much depth as the size allows.</summary>
    public ConvertedSchema Fit(JsonElement schema, int maxBytes) => Fit(maxBytes, depth => ConvertWhole(schema, depth));

    /// <summary>What a reference leads to, likewise.</summary>
    public ConvertedSchema FitDefinition(string reference, int maxBytes) =>
        Fit(
            maxBytes,
            depth =>
            {
                if (!_definitions.TryGetValue((reference, depth), out var known))
                {
                    _definitions[(reference, depth)] = known = ConvertWhole(document.Find(reference), depth);
                }
                return known;
            }
        );

    /// <summary>The name of a definition.</summary>
    public string NameOf(string reference)
    {
        if (_names.TryGetValue(reference, out var name))
        {
            return name;
        }
        // Found now, so that an operation that cannot be described is left out as a whole.
        document.Find(reference);
        var plain = Unplain().Replace(reference[(reference.LastIndexOf('/') + 1)..], "_");
        name = plain;
        for (var count = 2; !_taken.Add(name); count++)
        {
            name = $"{plain}_{count}";
        }
        return _names[reference] = name;
    }

    private static ConvertedSchema Fit(int maxBytes, Func<int, ConvertedSchema> convert) =>
        maxBytes <= 0 ? Open : Depths.Select(convert).FirstOrDefault(converted => converted.Json.Length <= maxBytes) ?? Open;

    private ConvertedSchema ConvertWhole(JsonElement schema, int depth)
    {
        (_references, _isCut) = ([], false);
        var converted = Convert(schema, depth);
        return new(JsonSerializer.SerializeToUtf8Bytes(converted, SchemaKeywords.Deep), _references, _isCut);
    }

    private JsonObject Convert(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }
        if (depth == 0)
        {
            _isCut = true;
            return [];
        }
        if (Text(schema, "$ref") is { } reference)
        {
            _references.Add(reference);
            return new() { ["$ref"] = "#/$defs/" + NameOf(reference) };
        }
        var converted = SchemaKeywords.Copy(schema);
        var members = Members(schema, "properties").Where(member => !Flag(member.Value, "readOnly")).ToList();
        if (members.Count > 0)
        {
            converted["properties"] = new JsonObject(
                members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)Convert(member.Value, depth - 1)))
            );
        }
        CopyRequired(schema, converted);
        switch (Member(schema, "additionalProperties"))
        {
            case { ValueKind: JsonValueKind.False }
                when members.Count > 0 && Member(schema, "allOf") is null && Member(schema, "patternProperties") is null:
                converted["additionalProperties"] = false;
                break;
            case { ValueKind: JsonValueKind.Object } rest when Member(schema, "patternProperties") is null:
                converted["additionalProperties"] = Convert(rest, depth - 1);
                break;
        }
        if (Member(schema, "items") is { ValueKind: JsonValueKind.Object } items && Member(schema, "prefixItems") is null)
        {
            converted["items"] = Convert(items, depth - 1);
        }
        AddBranches(schema, converted, depth);
        return SchemaKeywords.IsNullable(schema) && !converted.ContainsKey("type") && converted.Count > 0
            ? new() { ["anyOf"] = new JsonArray(converted, new JsonObject { ["type"] = "null" }) }
            : converted;
    }

    // Documents often have alternatives that overlap, which 'oneOf' would refuse: 'anyOf' leaves the choice to the server.
    private void AddBranches(JsonElement schema, JsonObject converted, int depth)
    {
        var all = Items(schema, "allOf").Select(part => (JsonNode?)Convert(part, depth - 1)).ToList();
        var any = Items(schema, "anyOf").Select(part => (JsonNode?)Convert(part, depth - 1)).ToArray();
        var one = Items(schema, "oneOf").Select(part => (JsonNode?)Convert(part, depth - 1)).ToArray();
        if (any.Length > 0 && one.Length > 0)
        {
            all.Add(new JsonObject { ["anyOf"] = new JsonArray(one) });
            one = [];
        }
        if (any.Length + one.Length > 0)
        {
            converted["anyOf"] = new JsonArray([.. any, .. one]);
        }
        if (all.Count > 0)
        {
            converted["allOf"] = new JsonArray([.. all]);
        }
    }

    private static void CopyRequired(JsonElement schema, JsonObject converted)
    {
        var names = Items(schema, "required")
            .Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => name.GetString()!)
            .Distinct()
            .Where(name =>
                !(Member(schema, "properties") is { } properties && Member(properties, name) is { } member && Flag(member, "readOnly"))
            )
            .Select(name => (JsonNode?)name)
            .ToArray();
        if (names.Length > 0)
        {
            converted["required"] = new JsonArray(names);
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex Unplain();
}
