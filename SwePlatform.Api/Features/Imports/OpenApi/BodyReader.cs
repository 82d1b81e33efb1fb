using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>Chooses among the forms that a body may have, and reads it into the schema of the arguments.</summary>
internal sealed class BodyReader(InputSchema schema)
{
    private static readonly JsonElement Base64 = JsonElement.Parse(
        """{"type":"string","contentEncoding":"base64","description":"The bytes, in base64."}"""
    );

    public HttpBody? Read(JsonElement body)
    {
        var forms = Members(body, "content")
            .Select(media => (Media: media, Kind: Kind(media.Name)))
            .Where(form => form.Kind is not null)
            .OrderBy(form => form.Kind)
            .ToList();
        if (forms.Count == 0)
        {
            return null;
        }
        var (chosen, kind) = (forms[0].Media, forms[0].Kind!.Value);
        var media = schema.Document.Follow(chosen.Value);
        var argument = schema.Add(
            "body",
            InputSchema.Content,
            kind switch
            {
                BodyKind.Binary => Base64,
                BodyKind.Xml => OrText(Member(media, "schema")),
                BodyKind.Multipart => WithFiles(media),
                _ => Member(media, "schema"),
            },
            Text(body, "description"),
            Flag(body, "required")
        );
        var type = !chosen.Name.Contains('*', StringComparison.Ordinal)
            ? chosen.Name
            : kind switch
            {
                BodyKind.Text => "text/plain",
                BodyKind.Xml => "application/xml",
                BodyKind.Binary => "application/octet-stream",
                _ => "application/json",
            };
        return new(
            argument,
            kind,
            type,
            Fields(media),
            kind == BodyKind.Multipart ? Files(media) : null,
            kind == BodyKind.Xml ? new XmlShapeReader(schema.Document).Read(Member(media, "schema")) : null
        );
    }

    // In the order of preference.
    private static BodyKind? Kind(string mediaType)
    {
        if (!MediaTypeHeaderValue.TryParse(mediaType, out var parsed) && mediaType != "*/*")
        {
            return null;
        }
        var name = (parsed?.MediaType ?? mediaType).ToLowerInvariant();
        return name is "application/json" or "*/*" or "application/*"
            || name.EndsWith("+json", StringComparison.Ordinal)
            || name == "text/json"
                ? BodyKind.Json
            : name == "application/x-www-form-urlencoded" ? BodyKind.Form
            : name == "multipart/form-data" ? BodyKind.Multipart
            : name is "application/xml" or "text/xml" || name.EndsWith("+xml", StringComparison.Ordinal) ? BodyKind.Xml
            : name.StartsWith("text/", StringComparison.Ordinal)
            || name is "application/x-ndjson" or "application/jsonl" or "application/yaml" or "application/graphql"
                ? BodyKind.Text
            : BodyKind.Binary;
    }

    private static Dictionary<string, FieldStyle>? Fields(JsonElement media)
    {
        var fields = Members(media, "encoding")
            .Where(member => Text(member.Value, "style") is not null || Member(member.Value, "explode") is not null)
            .ToDictionary(
                member => member.Name,
                member =>
                {
                    var style = Text(member.Value, "style") ?? "form";
                    return new FieldStyle(style, Flag(member.Value, "explode", style == "form"));
                }
            );
        return fields.Count == 0 ? null : fields;
    }

    // XML that is written already is taken, too.
    private static JsonElement? OrText(JsonElement? given) =>
        given is not { } value
            ? JsonElement.Parse("""{"description":"XML as text, or an object that is written as XML."}""")
            : new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    JsonNode.Parse(value.GetRawText()),
                    new JsonObject { ["type"] = "string", ["description"] = "The same as XML." }
                ),
            }.Deserialize<JsonElement>();

    // What a document calls a binary string can only be text in JSON, so the field says how bytes are written.
    private JsonElement? WithFiles(JsonElement media)
    {
        if (Member(media, "schema") is not { } given || Files(media) is not { Count: > 0 } files)
        {
            return Member(media, "schema");
        }
        var changed = JsonNode.Parse(schema.Document.Follow(given).GetRawText())!.AsObject();
        foreach (var file in files)
        {
            var field = changed["properties"]![file]!.AsObject();
            var one = new JsonObject { ["type"] = "string", ["description"] = FileParts.Description };
            changed["properties"]![file] = field["items"] is null ? one : new JsonObject { ["type"] = "array", ["items"] = one };
        }
        return changed.Deserialize<JsonElement>();
    }

    private List<string> Files(JsonElement media)
    {
        var fields = Member(media, "schema") is { } given ? schema.Document.Follow(given) : default;
        return [.. Members(fields, "properties").Where(member => IsFile(member.Value)).Select(member => member.Name)];
    }

    private bool IsFile(JsonElement field)
    {
        var followed = schema.Document.Follow(field);
        var one = Member(followed, "items") is { } items ? schema.Document.Follow(items) : followed;
        return Text(one, "format") == "binary" || Text(one, "contentMediaType") == "application/octet-stream";
    }
}
