using System.Net.Http.Headers;
using System.Text.Json;
using SwePlatform.Api.Toolbox.Http;
using static SwePlatform.Api.Features.Tools.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Tools.Imports.OpenApi;

/// <summary>Chooses among the forms that a body may have, and reads it into the schema of the arguments.</summary>
internal sealed class BodyReader(OpenApiDocument document, InputSchema schema)
{
    /// <exception cref="DocumentException">It has to have a form that tools cannot send.</exception>
    public HttpBody? Read(JsonElement body)
    {
        var required = Flag(body, "required");
        var known = Members(body, "content").Select(media => (media, kind: Kind(media.Name))).Where(pair => pair.kind is not null).OrderBy(pair => pair.kind).ToList();
        if (known.Count == 0)
        {
            return required && Members(body, "content").Any()
                ? throw new DocumentException($"its body is {string.Join(" or ", Members(body, "content").Take(3).Select(media => InputSchema.Shorten(media.Name, 60)))}, which tools cannot send")
                : null;
        }
        var (chosen, chosenKind) = known[0];
        var media = document.Follow(chosen.Value);
        var argument = schema.Add("body", "content", Member(media, "schema"), Text(body, "description"), required);
        var type = chosen.Name.Contains('*', StringComparison.Ordinal) ? chosenKind == BodyKind.Text ? "text/plain" : "application/json" : chosen.Name;
        return new(argument, chosenKind!.Value, type, Fields(media), chosenKind == BodyKind.Multipart ? Files(media) : null);
    }

    // In the order of preference.
    private static BodyKind? Kind(string mediaType)
    {
        if (!MediaTypeHeaderValue.TryParse(mediaType, out var parsed) && mediaType != "*/*")
        {
            return null;
        }
        var name = (parsed?.MediaType ?? mediaType).ToLowerInvariant();
        return name is "application/json" or "*/*" or "application/*" || name.EndsWith("+json", StringComparison.Ordinal) || name == "text/json" ? BodyKind.Json
            : name == "application/x-www-form-urlencoded" ? BodyKind.Form
            : name == "multipart/form-data" ? BodyKind.Multipart
            : name.StartsWith("text/", StringComparison.Ordinal) || name is "application/x-ndjson" or "application/jsonl" or "application/yaml" or "application/xml" or "application/graphql" ? BodyKind.Text
            : null;
    }

    private static Dictionary<string, FieldStyle>? Fields(JsonElement media)
    {
        var fields = Members(media, "encoding").Where(member => Text(member.Value, "style") is not null || Member(member.Value, "explode") is not null)
            .ToDictionary(member => member.Name, member =>
            {
                var style = Text(member.Value, "style") ?? "form";
                return new FieldStyle(style, Flag(member.Value, "explode", style == "form"));
            });
        return fields.Count == 0 ? null : fields;
    }

    private List<string> Files(JsonElement media)
    {
        var fields = Member(media, "schema") is { } given ? document.Follow(given) : default;
        return [.. Members(fields, "properties").Where(member => IsFile(member.Value)).Select(member => member.Name)];
    }

    private bool IsFile(JsonElement field)
    {
        var followed = document.Follow(field);
        var one = Member(followed, "items") is { } items ? document.Follow(items) : followed;
        return Text(one, "format") == "binary" || Text(one, "contentMediaType") == "application/octet-stream";
    }
}
