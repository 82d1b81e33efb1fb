using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>Why a document cannot be imported, in words for the person who gave it.</summary>
internal sealed class DocumentException(string message) : Exception(message);

/// <summary>
/// An OpenAPI document as the JSON that it is. Schemas go on to tools nearly as they stand, so no object model is in
/// between: none would keep what it does not know, and an untrusted document must not decide how deep a parser recurses.
/// </summary>
internal sealed class OpenApiDocument
{
    private const int MaxHops = 32;
    private static readonly JsonDocumentOptions Json = new()
    {
        MaxDepth = 256,
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly Dictionary<string, JsonElement?> _found = new(StringComparer.Ordinal);

    private OpenApiDocument(JsonElement root) => Root = root;

    public JsonElement Root { get; }

    public string Version => VersionOf(Root)!;

    public string? Title => Text(Member(Root, "info") ?? default, "title");

    /// <exception cref="DocumentException">It is no OpenAPI document of a version that is known.</exception>
    public static OpenApiDocument Parse(byte[] bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (ArgumentException)
        {
            throw new DocumentException("The document is not text in UTF-8.");
        }
        return new(Check(text.AsSpan().TrimStart() is ['{', ..] ? ParseJson(text) : YamlToJson.Read(text)));
    }

    private static JsonElement ParseJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            try
            {
                // A mapping in braces is YAML too.
                return YamlToJson.Read(text);
            }
            catch (DocumentException)
            {
                throw new DocumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The document is not valid JSON: line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}."
                    )
                );
            }
        }
    }

    private static JsonElement Check(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new DocumentException("This is not an OpenAPI document: it is no object.");
        }
        if (Member(root, "swagger") is not null)
        {
            throw new DocumentException("This is a Swagger 2.0 document. Convert it to OpenAPI 3 first.");
        }
        return VersionOf(root) switch
        {
            null => throw new DocumentException("This is not an OpenAPI document: it has no member 'openapi' with the version."),
            var version
                when version.StartsWith("3.0", StringComparison.Ordinal)
                    || version.StartsWith("3.1", StringComparison.Ordinal)
                    || version.StartsWith("3.2", StringComparison.Ordinal) => root,
            var version => throw new DocumentException(
                $"OpenAPI {(version.Length > 20 ? version[..20] : version)} is not supported; 3.0, 3.1 and 3.2 are."
            ),
        };
    }

    // Unquoted, 3.1 is a number in YAML.
    private static string? VersionOf(JsonElement root) =>
        Member(root, "openapi") is { ValueKind: JsonValueKind.String or JsonValueKind.Number } version ? version.ToString() : null;

    /// <summary>What is there, after following references.</summary>
    /// <exception cref="DocumentException">A reference leads nowhere, out of the document, or round in circles.</exception>
    public JsonElement Follow(JsonElement element)
    {
        for (var hops = 0; element.ValueKind == JsonValueKind.Object && Text(element, "$ref") is { } reference; hops++)
        {
            if (hops == MaxHops)
            {
                throw new DocumentException($"the reference '{Short(reference)}' leads round in circles");
            }
            element = Find(reference);
        }
        return element;
    }

    /// <exception cref="DocumentException">There is nothing, or it is elsewhere.</exception>
    public JsonElement Find(string reference)
    {
        if (!reference.StartsWith('#'))
        {
            throw new DocumentException($"it refers to another document, '{Short(reference)}', and those are not fetched");
        }
        if (!_found.TryGetValue(reference, out var found))
        {
            _found[reference] = found = Walk(reference);
        }
        return found ?? throw new DocumentException($"the reference '{Short(reference)}' leads nowhere");
    }

    private JsonElement? Walk(string reference)
    {
        JsonElement? current =
            reference is "#" or "#/" ? Root
            : reference.StartsWith("#/", StringComparison.Ordinal) ? Root
            : null;
        foreach (var part in reference is "#" or "#/" ? [] : reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            current = current switch
            {
                { ValueKind: JsonValueKind.Object } at => Member(at, name),
                { ValueKind: JsonValueKind.Array } at
                    when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                        && index < at.GetArrayLength() => at[index],
                _ => null,
            };
        }
        return current;
    }

    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    public static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static bool Flag(JsonElement element, string name, bool otherwise = false) =>
        Member(element, name) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => otherwise,
        };

    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Members(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : [];

    private static string Short(string reference) => reference.Length <= 120 ? reference : reference[..120] + "…";
}
