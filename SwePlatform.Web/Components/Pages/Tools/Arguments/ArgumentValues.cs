using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace SwePlatform.Web.Components.Pages.Tools.Arguments;

/// <summary>
/// What the user typed, as text by argument name: the form of a field and of the address alike.
/// A list has one entry a line.
/// </summary>
public sealed class ArgumentValues(IReadOnlyList<ToolArgument> arguments)
{
    private readonly Dictionary<string, string> _texts = [];

    public string Get(ToolArgument argument) => _texts.GetValueOrDefault(argument.Name) ?? argument.Default ?? "";

    public void Set(ToolArgument argument, string? text) => _texts[argument.Name] = text ?? "";

    public void Read(IReadOnlyDictionary<string, StringValues> query)
    {
        _texts.Clear();
        foreach (var argument in arguments)
        {
            if (query.TryGetValue(ToolLocation.Key(argument.Name), out var values))
            {
                _texts[argument.Name] = string.Join('\n', values.ToArray());
            }
        }
    }

    /// <summary>Names and values for the address; what is left at its default is left out.</summary>
    public IEnumerable<(string Name, string Value)> ForAddress() =>
        from argument in arguments
        let text = Get(argument)
        where text.Length > 0 && text != argument.Default
        from value in argument.Kind == ArgumentKind.TextList ? Lines(text) : [text]
        select (argument.Name, value);

    /// <summary>The arguments as the API takes them. Says in <paramref name="errors"/> what cannot be sent.</summary>
    public JsonObject ToJson(out Dictionary<string, string> errors)
    {
        var json = new JsonObject();
        errors = [];
        foreach (var argument in arguments)
        {
            var text = Get(argument);
            if (argument.Kind == ArgumentKind.Boolean && text.Length == 0 && argument.Required)
            {
                text = "false"; // A switch that was never touched says no.
            }
            if (text.Length == 0)
            {
                if (argument.Required)
                {
                    errors[argument.Name] = "A value is needed.";
                }
                continue;
            }
            if (text == argument.Default)
                continue;

            if (Parse(argument, text, out var value) is { } error)
            {
                errors[argument.Name] = error;
            }
            else
            {
                json[argument.Name] = value;
            }
        }
        return json;
    }

    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? Parse(ToolArgument argument, string text, out JsonNode? value)
    {
        value = null;
        switch (argument.Kind)
        {
            case ArgumentKind.WholeNumber:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
                    return "A whole number is needed.";
                value = integer;
                return OutOfRange(argument, integer);
            case ArgumentKind.Number:
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                    return "A number is needed.";
                value = number;
                return OutOfRange(argument, number);
            case ArgumentKind.Boolean:
                value = text.Equals("true", StringComparison.OrdinalIgnoreCase);
                return null;
            case ArgumentKind.TextList:
                value = new JsonArray([.. Lines(text).Select(line => JsonValue.Create(line))]);
                return null;
            case ArgumentKind.Json:
                try
                {
                    value = JsonNode.Parse(text);
                    return null;
                }
                catch (JsonException exception)
                {
                    return $"This is not JSON: {exception.Message}";
                }
            default:
                value = text;
                return null;
        }
    }

    private static string? OutOfRange(ToolArgument argument, double value) =>
        argument switch
        {
            { Minimum: { } minimum } when value < minimum => string.Create(CultureInfo.InvariantCulture, $"At least {minimum}."),
            { Maximum: { } maximum } when value > maximum => string.Create(CultureInfo.InvariantCulture, $"At most {maximum}."),
            _ => null,
        };
}
