using System.Text.Json;

namespace SwePlatform.Web.Components.Pages.Tools.Arguments;

public enum ArgumentKind
{
    Text,
    LongText,
    WholeNumber,
    Number,
    Boolean,
    Choice,
    TextList,

    /// <summary>Whatever the form has no field for is typed as JSON.</summary>
    Json,
}

/// <summary>One property of a tool's input schema, as a form shows it.</summary>
public sealed record ToolArgument(
    string Name,
    string Label,
    string? Description,
    ArgumentKind Kind,
    bool Required,
    string? Default,
    double? Minimum,
    double? Maximum,
    IReadOnlyList<string> Choices
)
{
    // A schema cannot say that a text has many lines; these names do.
    private static readonly string[] LongTexts = ["patch", "content", "text", "body", "stdin", "message"];

    public static IReadOnlyList<ToolArgument> FromSchema(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
            return [];

        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet()
            : [];
        return
        [
            .. properties
                .EnumerateObject()
                .Select(property => Read(property.Name, property.Value, required.Contains(property.Name)))
                .OrderByDescending(argument => argument.Required),
        ];
    }

    private static ToolArgument Read(string name, JsonElement schema, bool required)
    {
        var shape = WithoutNull(schema);
        var choices = shape
            .Array("enum")
            .Where(choice => choice.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            .Select(choice => choice.ToString())
            .ToList();
        var kind = choices.Count > 0 ? ArgumentKind.Choice : KindOf(name, shape);
        return new(
            name,
            schema.Text("title") ?? name,
            schema.Text("description") ?? shape.Text("description"),
            kind,
            required,
            DefaultOf(schema, kind),
            shape.Number("minimum"),
            shape.Number("maximum") is { } maximum and < int.MaxValue ? maximum : null, // no limit that anybody meets
            choices
        );
    }

    private static ArgumentKind KindOf(string name, JsonElement schema) =>
        TypeOf(schema) switch
        {
            "string" when LongTexts.Contains(name) => ArgumentKind.LongText,
            "string" => ArgumentKind.Text,
            "integer" => ArgumentKind.WholeNumber,
            "number" => ArgumentKind.Number,
            "boolean" => ArgumentKind.Boolean,
            "array" when schema.TryGetProperty("items", out var items) && TypeOf(items) == "string" => ArgumentKind.TextList,
            _ => ArgumentKind.Json,
        };

    // ["string", "null"] is an optional string; two real types have no field of their own.
    private static string? TypeOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return null;
        if (schema.Text("type") is { } single)
            return single;
        var types = schema.Array("type").Select(type => type.GetString()).Where(type => type != "null").ToList();
        return types is [var only] ? only : null;
    }

    // The other way to say "or null".
    private static JsonElement WithoutNull(JsonElement schema)
    {
        var alternatives = schema
            .Array("anyOf")
            .Concat(schema.Array("oneOf"))
            .Where(alternative => alternative.Text("type") != "null")
            .ToList();
        return alternatives is [var only] ? only : schema;
    }

    private static string? DefaultOf(JsonElement schema, ArgumentKind kind)
    {
        if (!schema.TryGetProperty("default", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return (kind, value.ValueKind) switch
        {
            (ArgumentKind.Json, _) => value.GetRawText(),
            (ArgumentKind.TextList, JsonValueKind.Array) => string.Join('\n', value.EnumerateArray()),
            (_, JsonValueKind.True) => "true",
            (_, JsonValueKind.False) => "false",
            _ => value.ToString(),
        };
    }
}
