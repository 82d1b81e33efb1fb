using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Tool.Run;

/// <summary>
/// Turns <c>name=value</c> and <c>name:=json</c> into a tool's arguments. A value is read as the schema wants it: text, number,
/// truth, or an item of a list, for which a name may be given more than once.
/// </summary>
internal static class Arguments
{
    public static JsonObject Read(IEnumerable<string> given, JsonNode schema)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        var arguments = new JsonObject();
        foreach (var text in given)
        {
            var (name, value, isJson) = Split(text);
            if (!properties.TryGetPropertyValue(name, out var property))
            {
                throw new UsageException(
                    properties.Count == 0
                        ? $"{name}: this tool takes no arguments."
                        : $"There is no argument '{name}'. There are: {string.Join(", ", properties.Select(known => known.Key))}."
                );
            }
            var types = TypesOf(property);
            if (isJson)
            {
                Add(arguments, name, ParseJson(name, value), isItem: false);
            }
            else if (types.Contains("array") && !value.StartsWith('['))
            {
                Add(arguments, name, Convert(name, value, TypesOf(property!["items"])), isItem: true);
            }
            else
            {
                Add(arguments, name, Convert(name, value, types), isItem: false);
            }
        }
        var required = (schema["required"] as JsonArray ?? []).Select(name => (string)name!);
        var missing = required.Where(name => !arguments.ContainsKey(name)).ToList();
        return missing.Count == 0
            ? arguments
            : throw new UsageException($"Missing: {string.Join(", ", missing.Select(name => $"{name}={Example(properties[name])}"))}");
    }

    /// <summary>The types that a schema allows; none if it allows any.</summary>
    public static IReadOnlyList<string> TypesOf(JsonNode? schema) =>
        schema?["type"] switch
        {
            JsonArray several => [.. several.Select(type => (string)type!).Where(type => type != "null")],
            JsonValue one => [(string)one!],
            _ => [],
        };

    /// <summary>What stands for a value in help.</summary>
    public static string Example(JsonNode? schema) =>
        schema?["enum"] is JsonArray values
            ? string.Join('|', values.Select(value => $"{value}"))
            : TypesOf(schema) switch
            {
                ["array", ..] => $"{Example(schema!["items"])} …",
                ["string", ..] => "TEXT",
                ["integer", ..] => "N",
                ["number", ..] => "NUMBER",
                ["boolean", ..] => "true|false",
                _ => "JSON",
            };

    private static (string Name, string Value, bool IsJson) Split(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0 || (at == 1 && text[0] == ':'))
        {
            throw new UsageException($"'{text}' is not an argument. Write name=value, or name:=json.");
        }
        return text[at - 1] == ':' ? (text[..(at - 1)], text[(at + 1)..], true) : (text[..at], text[(at + 1)..], false);
    }

    private static void Add(JsonObject arguments, string name, JsonNode? value, bool isItem)
    {
        if (isItem && arguments[name] is JsonArray list)
        {
            list.Add(value);
        }
        else if (arguments.ContainsKey(name))
        {
            throw new UsageException($"{name} is given more than once, and it takes one value.");
        }
        else
        {
            arguments[name] = isItem ? new JsonArray(value) : value;
        }
    }

    private static JsonNode? Convert(string name, string value, IReadOnlyList<string> types)
    {
        foreach (var type in types)
        {
            switch (type)
            {
                case "string":
                    return value;
                case "integer" when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                    return whole;
                case "number" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                    return number;
                case "boolean" when bool.TryParse(value, out var truth):
                    return truth;
                case "object" or "array" when value.Length > 0 && value[0] is '{' or '[':
                    return ParseJson(name, value);
            }
        }
        return types.Count > 0 ? throw new UsageException($"{name}: '{value}' is no {string.Join(" or ", types)}.")
            // Whatever the schema leaves open: JSON if it is some, else text.
            : TryParse(value, out var json) ? json
            : value;
    }

    private static JsonNode? ParseJson(string name, string value) =>
        TryParse(value, out var json) ? json : throw new UsageException($"{name}: '{value}' is not JSON. Quote it for the shell.");

    private static bool TryParse(string value, out JsonNode? json)
    {
        try
        {
            json = JsonNode.Parse(value);
            return true;
        }
        catch (JsonException)
        {
            json = null;
            return false;
        }
    }
}
