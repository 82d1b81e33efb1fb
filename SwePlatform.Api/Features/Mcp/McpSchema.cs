using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// The schemas of arguments as agents get them. They pay for every character each time they start, so these say what
/// the arguments are called and of which type; the tool's brief says what takes words, and bounds are told when they are broken.
/// </summary>
internal static class McpSchema
{
    private static readonly string[] Dropped =
    [
        "$schema",
        "title",
        "description",
        "additionalProperties",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
    ];

    /// <summary>A schema without what agents need not be told.</summary>
    public static JsonObject Shorten(JsonElement schema) => Shorten(JsonNode.Parse(schema.GetRawText())!.AsObject());

    /// <summary>The schema of arguments such as <c>name</c>, <c>?ref</c> (not required), <c>?offset:integer</c>.</summary>
    public static JsonElement Of(IEnumerable<string> arguments)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        foreach (var argument in arguments)
        {
            Add(schema, argument);
        }
        return JsonSerializer.SerializeToElement(schema);
    }

    public static void Add(JsonObject schema, string argument)
    {
        var parts = argument.TrimStart('?').Split(':');
        schema["properties"] ??= new JsonObject();
        schema["properties"]!.AsObject()[parts[0]] = new JsonObject { ["type"] = parts.Length > 1 ? parts[1] : "string" };
        if (argument[0] != '?')
        {
            schema["required"] ??= new JsonArray();
            schema["required"]!.AsArray().Add(parts[0]);
        }
    }

    private static JsonObject Shorten(JsonObject schema)
    {
        foreach (var name in Dropped)
        {
            schema.Remove(name);
        }
        // What may be null may as well be left out.
        if (schema["type"] is JsonArray types && types.Select(type => (string)type!).Where(type => type != "null").ToList() is [var only])
        {
            schema["type"] = only;
        }
        if (schema["enum"] is JsonArray values)
        {
            values.RemoveAll(value => value is null);
        }
        if (schema.ContainsKey("default") && schema["default"]?.GetValueKind() is null or JsonValueKind.False)
        {
            schema.Remove("default");
        }
        if (schema["required"] is JsonArray { Count: 0 })
        {
            schema.Remove("required");
        }
        if (schema["items"] is JsonObject items)
        {
            Shorten(items);
        }
        foreach (var property in schema["properties"] as JsonObject ?? [])
        {
            Shorten(property.Value!.AsObject());
        }
        return schema;
    }
}
