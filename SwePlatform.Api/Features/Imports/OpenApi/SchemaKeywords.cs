using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>The keywords of a schema that hold no further schemas, in the notation of 2020-12.</summary>
internal static class SchemaKeywords
{
    private const int MaxEnum = 300;
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];
    private static readonly string[] Sizes = ["minLength", "maxLength", "minItems", "maxItems"];
    private static readonly string[] Limits = ["minimum", "maximum"];

    /// <summary>For schemas that are deeper than serializers like by default.</summary>
    public static readonly JsonSerializerOptions Deep = new() { MaxDepth = 300, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsNullable(JsonElement schema) => Flag(schema, "nullable") || Flag(schema, "x-nullable");

    public static JsonObject Copy(JsonElement schema)
    {
        var copy = new JsonObject();
        CopyType(schema, copy);
        if (Text(schema, "description") is { Length: > 0 } description)
        {
            copy["description"] = InputSchema.Shorten(description, 500);
        }
        foreach (var name in (string[])["format", "pattern", "contentEncoding"])
        {
            if (Text(schema, name) is { Length: > 0 and <= 500 } text)
            {
                copy[name] = text;
            }
        }
        CopyValues(schema, copy);
        foreach (var name in Sizes)
        {
            if (Member(schema, name) is { ValueKind: JsonValueKind.Number } size && size.TryGetInt32(out var number) && number >= 0)
            {
                copy[name] = number;
            }
        }
        // 3.0 has 'exclusiveMinimum: true' beside the minimum: then the limit itself is not checked here, only shown.
        foreach (var name in Limits)
        {
            if (Member(schema, name) is { ValueKind: JsonValueKind.Number } limit && limit.TryGetDecimal(out var number))
            {
                var isExclusive = Flag(schema, name == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum");
                copy[
                    isExclusive
                        ? name == "minimum"
                            ? "exclusiveMinimum"
                            : "exclusiveMaximum"
                        : name
                ] = number;
            }
        }
        return copy;
    }

    private static void CopyType(JsonElement schema, JsonObject copy)
    {
        var types = Member(schema, "type") switch
        {
            { ValueKind: JsonValueKind.String } one => [one.GetString()!],
            { ValueKind: JsonValueKind.Array } several => several
                .EnumerateArray()
                .Where(type => type.ValueKind == JsonValueKind.String)
                .Select(type => type.GetString()!)
                .Distinct()
                .ToList(),
            _ => new List<string>(),
        };
        // A type that is none, such as 'file', says nothing.
        types.RemoveAll(type => !Types.Contains(type));
        if (types.Count > 0 && IsNullable(schema) && !types.Contains("null"))
        {
            types.Add("null");
        }
        if (types.Count > 0)
        {
            copy["type"] = types.Count == 1 ? types[0] : new JsonArray([.. types.Select(type => (JsonNode?)type)]);
        }
    }

    private static void CopyValues(JsonElement schema, JsonObject copy)
    {
        var values = Member(schema, "const") is { } only ? [only] : Items(schema, "enum").ToList();
        if (values.Count is > 0 and <= MaxEnum && values.TrueForAll(IsScalar))
        {
            var known = new JsonArray([.. values.Select(value => (JsonNode?)Node(value))]);
            if (IsNullable(schema) && !values.Exists(value => value.ValueKind == JsonValueKind.Null))
            {
                known.Add(null);
            }
            copy["enum"] = known;
        }
        if (
            Member(schema, "default") is { } initial
            && IsScalar(initial)
            && initial.ValueKind != JsonValueKind.Null
            && initial.GetRawText().Length <= 200
        )
        {
            copy["default"] = Node(initial);
        }
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private static JsonValue? Node(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(value);
}
