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
        "enum",
        "default",
    ];

    /// <summary>
    /// The schema of what a tool gives beside its text. All of it is in the HTTP API's list of tools; here it would cost
    /// agents more than all else that they are told of a tool, and they see the answer itself soon enough.
    /// </summary>
    public static readonly JsonElement AnyObject = JsonSerializer.SerializeToElement(new { type = "object" });

    /// <summary>A schema without what agents need not be told.</summary>
    public static JsonObject Shorten(JsonElement schema, string tool)
    {
        var shorter = JsonNode.Parse(schema.GetRawText())!.AsObject();
        foreach (var (argument, _) in (shorter["properties"] as JsonObject ?? []).ToList())
        {
            if (!McpOmissions.Lists(tool, argument))
            {
                shorter["properties"]!.AsObject().Remove(argument);
            }
        }
        return Shorten(shorter);
    }

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

    /// <summary>Whether a schema has an argument.</summary>
    public static bool Has(JsonElement schema, string argument) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("properties", out var properties)
        && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(argument, out _);

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
