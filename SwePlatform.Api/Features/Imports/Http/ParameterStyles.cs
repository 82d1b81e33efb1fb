using System.Text;
using System.Text.Json;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>Writes values the way OpenAPI's styles say (after RFC 6570), escaped so that they stay what they are.</summary>
internal static class ParameterStyles
{
    /// <summary>The value of a path, header or cookie parameter.</summary>
    public static string Simple(HttpParameter parameter, JsonElement value, Func<string, string> escape)
    {
        var (prefix, separator) = parameter.Style switch
        {
            "label" => (".", parameter.Explode ? "." : ","),
            "matrix" => (";", parameter.Explode ? ";" : ","),
            _ => ("", ","),
        };
        var isMatrix = parameter.Style == "matrix";
        var name = isMatrix ? parameter.Name + "=" : "";
        return prefix
            + (parameter.Style, value.ValueKind) switch
            {
                ("json", _) => escape(value.GetRawText()),
                (_, JsonValueKind.Array) when isMatrix && parameter.Explode => string.Join(
                    separator,
                    value.EnumerateArray().Select(item => name + escape(Text(item)))
                ),
                (_, JsonValueKind.Array) => name + string.Join(separator, value.EnumerateArray().Select(item => escape(Text(item)))),
                (_, JsonValueKind.Object) when parameter.Explode => string.Join(
                    separator,
                    value.EnumerateObject().Select(member => $"{escape(member.Name)}={escape(Text(member.Value))}")
                ),
                (_, JsonValueKind.Object) => name
                    + string.Join(
                        separator,
                        value.EnumerateObject().Select(member => $"{escape(member.Name)},{escape(Text(member.Value))}")
                    ),
                _ => name + escape(Text(value)),
            };
    }

    /// <summary>The pairs of names and values of a query or form parameter, not escaped.</summary>
    public static IEnumerable<(string Name, string Value)> Pairs(string name, string style, bool explode, JsonElement value)
    {
        var separator = style switch
        {
            "spaceDelimited" => " ",
            "pipeDelimited" => "|",
            _ => ",",
        };
        return (style, value.ValueKind) switch
        {
            ("json", _) => [(name, value.GetRawText())],
            ("deepObject", JsonValueKind.Object or JsonValueKind.Array) => Deep(name, value),
            (_, JsonValueKind.Array) when explode => value.EnumerateArray().Select(item => (name, Text(item))),
            (_, JsonValueKind.Array) => [(name, string.Join(separator, value.EnumerateArray().Select(Text)))],
            (_, JsonValueKind.Object) when explode => value.EnumerateObject().Select(member => (member.Name, Text(member.Value))),
            (_, JsonValueKind.Object) =>
            [
                (name, string.Join(separator, value.EnumerateObject().Select(member => $"{member.Name}{separator}{Text(member.Value)}"))),
            ],
            _ => [(name, Text(value))],
        };
    }

    /// <summary>Percent-encodes a value of a query, all but what its parameter may have as it is.</summary>
    public static string Escape(string text, bool allowReserved)
    {
        if (!allowReserved)
        {
            return Uri.EscapeDataString(text);
        }
        // '#' would end the query, '&', '+' and '=' would change it, so they are not among what is left alone.
        var written = new StringBuilder();
        foreach (var part in text.EnumerateRunes())
        {
            written.Append(
                ":/?[]@!$'()*,;".Contains(part.ToString(), StringComparison.Ordinal)
                    ? part.ToString()
                    : Uri.EscapeDataString(part.ToString())
            );
        }
        return written.ToString();
    }

    public static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };

    // The specification stops at one level; what follows is how the well-known servers read on.
    private static IEnumerable<(string, string)> Deep(string name, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Deep($"{name}[{member.Name}]", member.Value)),
            JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Deep($"{name}[{index}]", item)),
            _ => [(name, Text(value))],
        };
}
