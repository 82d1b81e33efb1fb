using System.Text.Json;
using System.Text.RegularExpressions;
using SwePlatform.Api.Features.Imports.Http;
using static SwePlatform.Api.Features.Imports.OpenApi.OpenApiDocument;

namespace SwePlatform.Api.Features.Imports.OpenApi;

/// <summary>Reads the parameters of an operation, those of its path included, into the schema of its arguments.</summary>
internal sealed partial class ParameterReader(InputSchema schema)
{
    private static readonly string[] ParameterStyleNames =
    [
        "simple",
        "label",
        "matrix",
        "form",
        "spaceDelimited",
        "pipeDelimited",
        "deepObject",
    ];
    private static readonly JsonElement AnyText = JsonElement.Parse("""{"type":"string"}""");

    public List<HttpParameter> Read(string path, JsonElement item, JsonElement operation)
    {
        var given = new Dictionary<(string, string), JsonElement>();
        foreach (var parameter in Items(item, "parameters").Concat(Items(operation, "parameters")).Select(schema.Document.Follow))
        {
            // An operation's own comes later, and counts.
            given[(Text(parameter, "name") ?? "", Text(parameter, "in") ?? "")] = parameter;
        }
        var placeholders = Placeholder().Matches(path).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var read = given.Values.Select(parameter => Read(parameter, placeholders)).OfType<HttpParameter>().ToList();
        foreach (
            var missing in placeholders.Except(
                read.Where(parameter => parameter.Place == ParameterPlace.Path).Select(parameter => parameter.Name)
            )
        )
        {
            // The document forgot to describe it.
            read.Add(new(schema.Add(missing, "path", AnyText, null, required: true), missing, ParameterPlace.Path, "simple", false));
        }
        return read;
    }

    private HttpParameter? Read(JsonElement parameter, HashSet<string> placeholders)
    {
        var name = Text(parameter, "name") ?? "";
        var place = Text(parameter, "in") switch
        {
            "path" => ParameterPlace.Path,
            "query" => ParameterPlace.Query,
            "header" => ParameterPlace.Header,
            "cookie" => ParameterPlace.Cookie,
            "querystring" => ParameterPlace.QueryString,
            _ => throw new DocumentException($"the parameter '{InputSchema.Shorten(name, 60)}' has no place that is known"),
        };
        var required = place == ParameterPlace.Path || Flag(parameter, "required");
        if ((place == ParameterPlace.Path && !placeholders.Contains(name)) || IsServers(name, place, required))
        {
            return null;
        }
        var content = Members(parameter, "content").Select(member => (JsonProperty?)member).FirstOrDefault();
        var style = content is { } media ? Media(media, place) : Style(parameter, place);
        var argument = schema.Add(
            name.Length == 0 ? "query" : name,
            place.ToString().ToLowerInvariant(),
            content is { } typed ? Member(typed.Value, "schema") : Member(parameter, "schema"),
            Text(parameter, "description"),
            required
        );
        return new(
            argument,
            name,
            place,
            style,
            Flag(parameter, "explode", style is "form" or "deepObject"),
            Flag(parameter, "allowReserved")
        );
    }

    private static string Style(JsonElement parameter, ParameterPlace place)
    {
        var usual = place is ParameterPlace.Query or ParameterPlace.Cookie ? "form" : "simple";
        return Text(parameter, "style") is { } style && ParameterStyleNames.Contains(style) ? style : usual;
    }

    private static string Media(JsonProperty media, ParameterPlace place) =>
        place == ParameterPlace.QueryString
        && media.Name.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            ? "form"
        : media.Name.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? "simple"
        : "json";

    // Headers that the platform itself has the say in: the specification has no parameters for some of them either.
    private static bool IsServers(string name, ParameterPlace place, bool required)
    {
        if (place == ParameterPlace.Cookie && !RequestHeaders.IsName(name))
        {
            throw new DocumentException("it has a cookie whose name is not one");
        }
        if (place != ParameterPlace.Header || (RequestHeaders.IsName(name) && !RequestHeaders.IsReserved(name)))
        {
            return false;
        }
        return
            !required
            || name.ToLowerInvariant()
                is "accept"
                    or "content-type"
                    or "authorization"
                    or "accept-encoding"
                    or "content-length"
                    or "host"
                    or "cookie"
            ? true
            : throw new DocumentException($"it needs the header '{InputSchema.Shorten(name, 60)}', which tools cannot set");
    }

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Placeholder();
}
