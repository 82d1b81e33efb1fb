using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static SwePlatform.Api.Features.Tools.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Tools.Imports.OpenApi;

/// <summary>
/// Makes the schema of one tool's arguments: what OpenAPI says, as JSON Schema 2020-12, with the definitions that it
/// needs. What does not fit is left open: a tool then takes more than it shows, never less.
/// </summary>
internal sealed partial class InputSchema(OpenApiDocument document)
{
    /// <summary>About as much as an agent can make use of.</summary>
    private const int MaxBytes = 32 * 1024;

    // Twelve levels of schemas are some fifty of JSON, and readers take 64 at most.
    private static readonly int[] Depths = [12, 8, 5, 3, 1];

    private readonly JsonObject _properties = [];
    private readonly JsonArray _required = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Queue<string> _wanted = new();

    /// <summary>Whether something was left out.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds an argument.</summary>
    /// <returns>The name that it got: agents take only plain ones, and each only once.</returns>
    public string Add(string name, string place, JsonElement? schema, string? description, bool required)
    {
        var plain = Unplain().Replace(name, "_").Trim('_') is { Length: > 0 } some ? some[..Math.Min(some.Length, 60)] : "value";
        var argument = _properties.ContainsKey(plain) ? $"{plain}_{place}" : plain;
        for (var count = 2; _properties.ContainsKey(argument); count++)
        {
            argument = $"{plain}_{place}_{count}";
        }
        var converted = schema is { } given ? Fit(given, MaxBytes / 2) : [];
        if (description is { Length: > 0 } && !converted.ContainsKey("$ref"))
        {
            converted["description"] = Shorten(description, 1000);
        }
        _properties[argument] = converted;
        if (required)
        {
            _required.Add(argument);
        }
        return argument;
    }

    public JsonElement Build()
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["type"] = "object", ["properties"] = _properties };
        if (_required.Count > 0)
        {
            schema["required"] = _required;
        }
        schema["additionalProperties"] = false;
        var left = MaxBytes - Size(schema);
        var definitions = new JsonObject();
        while (_wanted.TryDequeue(out var reference))
        {
            var definition = left > 0 ? Fit(document.Find(reference), left) : [];
            IsCut = IsCut || left <= 0;
            left -= Size(definition);
            definitions[_names[reference]] = definition;
        }
        if (definitions.Count > 0)
        {
            schema["$defs"] = definitions;
        }
        return JsonSerializer.SerializeToElement(schema);
    }

    private JsonObject Fit(JsonElement schema, int maxBytes)
    {
        foreach (var depth in Depths)
        {
            var wanted = _wanted.Count;
            var known = _names.Count;
            var converted = Convert(schema, depth);
            if (Size(converted) <= maxBytes)
            {
                return converted;
            }
            IsCut = true;
            Forget(wanted, known);
        }
        return [];
    }

    // What only a rejected attempt referred to is not needed.
    private void Forget(int wanted, int known)
    {
        var kept = _wanted.Take(wanted).ToList();
        foreach (var reference in _wanted.Skip(wanted).ToList())
        {
            _names.Remove(reference);
        }
        _wanted.Clear();
        kept.ForEach(_wanted.Enqueue);
        System.Diagnostics.Debug.Assert(_names.Count == known);
    }

    private JsonObject Convert(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }
        if (depth == 0)
        {
            IsCut = true;
            return [];
        }
        if (Text(schema, "$ref") is { } reference)
        {
            return new() { ["$ref"] = "#/$defs/" + Want(reference) };
        }
        var converted = SchemaKeywords.Copy(schema);
        var members = Members(schema, "properties").Where(member => !Flag(member.Value, "readOnly")).ToList();
        if (members.Count > 0)
        {
            converted["properties"] = new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)Convert(member.Value, depth - 1))));
        }
        CopyRequired(schema, converted);
        switch (Member(schema, "additionalProperties"))
        {
            case { ValueKind: JsonValueKind.False } when members.Count > 0 && Member(schema, "allOf") is null && Member(schema, "patternProperties") is null:
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
            ? new() { ["anyOf"] = new JsonArray(converted, new JsonObject { ["type"] = "null" }) } : converted;
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
        var names = Items(schema, "required").Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).Distinct()
            .Where(name => !(Member(schema, "properties") is { } properties && Member(properties, name) is { } member && Flag(member, "readOnly")))
            .Select(name => (JsonNode?)name).ToArray();
        if (names.Length > 0)
        {
            converted["required"] = new JsonArray(names);
        }
    }

    private string Want(string reference)
    {
        if (_names.TryGetValue(reference, out var name))
        {
            return name;
        }
        // Found now, so that an operation that cannot be described is left out as a whole.
        document.Find(reference);
        var plain = Unplain().Replace(reference[(reference.LastIndexOf('/') + 1)..], "_");
        name = plain;
        for (var count = 2; _names.ContainsValue(name); count++)
        {
            name = $"{plain}_{count}";
        }
        _names[reference] = name;
        _wanted.Enqueue(reference);
        return name;
    }

    internal static string Shorten(string text, int length)
    {
        var plain = text.Trim();
        if (plain.Length <= length)
        {
            return plain;
        }
        return plain[..(char.IsHighSurrogate(plain[length - 1]) ? length - 1 : length)] + "…";
    }

    private static int Size(JsonObject schema) => Encoding.UTF8.GetByteCount(schema.ToJsonString(SchemaKeywords.Deep));

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex Unplain();
}
