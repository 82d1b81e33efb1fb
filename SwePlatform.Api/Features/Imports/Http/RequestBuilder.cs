using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>A request, ready to be made as often as it is tried.</summary>
/// <param name="PathAndQuery">What follows the server's address.</param>
internal sealed record PreparedRequest(string PathAndQuery, IReadOnlyList<(string Name, string Value)> Headers, Func<HttpContent>? Content);

/// <summary>
/// Makes a request of an operation and its arguments. Whatever the arguments hold, they fill the places that the
/// document has for them: they cannot lead to another path or server, and cannot add headers.
/// </summary>
internal static partial class RequestBuilder
{
    public static PreparedRequest Prepare(HttpOperation operation, JsonElement arguments, ArgumentProblems problems)
    {
        var path = operation.Path;
        var query = new List<string>();
        var headers = new List<(string, string)>();
        var cookies = new List<string>();
        foreach (var parameter in operation.Parameters)
        {
            if (
                !arguments.TryGetProperty(parameter.Argument, out var value)
                || (value.ValueKind == JsonValueKind.Null && parameter.Place != ParameterPlace.Path)
            )
            {
                continue;
            }
            switch (parameter.Place)
            {
                case ParameterPlace.Path:
                    path = FillPath(path, parameter, value, problems);
                    break;
                case ParameterPlace.Query:
                    query.AddRange(
                        ParameterStyles
                            .Pairs(parameter.Name, parameter.Style, parameter.Explode, value)
                            .Select(pair =>
                                $"{Uri.EscapeDataString(pair.Name)}={ParameterStyles.Escape(pair.Value, parameter.AllowReserved)}"
                            )
                    );
                    break;
                case ParameterPlace.QueryString:
                    query.Add(
                        value.ValueKind == JsonValueKind.Object && parameter.Style != "json"
                            ? string.Join(
                                '&',
                                FormPairs(value, null)
                                    .Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}")
                            )
                            : Uri.EscapeDataString(ParameterStyles.Text(value))
                    );
                    break;
                case ParameterPlace.Cookie:
                    cookies.Add($"{parameter.Name}={ParameterStyles.Simple(parameter, value, Uri.EscapeDataString)}");
                    break;
                default:
                    var text = ParameterStyles.Simple(parameter, value, static part => part);
                    problems.Add(parameter.Argument, RequestHeaders.IsValue(text) ? null : "Must be plain ASCII text on one line.");
                    headers.Add((parameter.Name, text));
                    break;
            }
        }
        if (cookies.Count > 0)
        {
            headers.Add(("Cookie", string.Join("; ", cookies)));
        }
        // Literal parts and values together must not make up what no value alone may be.
        if (path.Split('?')[0].Split('/').Any(segment => segment is "." or ".."))
        {
            problems.Add("path", "The path must not have '.' or '..' as a part.");
        }
        return new(
            query.Count == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', query)}",
            headers,
            Content(operation.Body, arguments, problems)
        );
    }

    private static string FillPath(string path, HttpParameter parameter, JsonElement value, ArgumentProblems problems)
    {
        var text = ParameterStyles.Simple(parameter, value, static part => part);
        // Escaped, it is one part of the path; but there are servers that unescape before they look for '..'.
        problems.Add(
            parameter.Argument,
            text.Length == 0 ? "Must not be empty."
                : Separators().Split(text).Any(part => part is "." or "..") ? "Must not have '.' or '..' as a part."
                : null
        );
        return path.Replace(
            $"{{{parameter.Name}}}",
            ParameterStyles.Simple(parameter, value, Uri.EscapeDataString),
            StringComparison.Ordinal
        );
    }

    private static Func<HttpContent>? Content(HttpBody? body, JsonElement arguments, ArgumentProblems problems)
    {
        if (body is null || !arguments.TryGetProperty(body.Argument, out var value))
        {
            return null;
        }
        switch (body.Kind)
        {
            case BodyKind.Json:
                return () => Bytes(Encoding.UTF8.GetBytes(value.GetRawText()), body.MediaType);
            case BodyKind.Xml when value.ValueKind != JsonValueKind.String:
                try
                {
                    var xml = body.Xml!.Write(value);
                    return () => Bytes(xml, body.MediaType);
                }
                catch (Exception exception) when (exception is ArgumentException or System.Xml.XmlException or InvalidOperationException)
                {
                    problems.Add(body.Argument, "Cannot be written as XML: a name or a character in it has no place there.");
                    return null;
                }
            case BodyKind.Xml or BodyKind.Text:
                return () => Bytes(Encoding.UTF8.GetBytes(ParameterStyles.Text(value)), body.MediaType);
            case BodyKind.Binary:
                var bytes = value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var decoded) ? decoded : null;
                problems.Add(body.Argument, bytes is null ? "Must be base64." : null);
                return () => Bytes(bytes!, body.MediaType);
            default:
                if (value.ValueKind != JsonValueKind.Object)
                {
                    problems.Add(body.Argument, "Must be an object.");
                    return null;
                }
                if (body.Kind == BodyKind.Multipart && FileParts.Problem(value, body) is { } broken)
                {
                    problems.Add(body.Argument, broken);
                    return null;
                }
                return body.Kind == BodyKind.Form
                    ? () =>
                        new FormUrlEncodedContent(FormPairs(value, body.Fields).Select(pair => KeyValuePair.Create(pair.Name, pair.Value)))
                    : () => Multipart(value, body);
        }
    }

    private static MultipartFormDataContent Multipart(JsonElement value, HttpBody body)
    {
        var content = new MultipartFormDataContent();
        foreach (var member in value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            var items = member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().ToArray() : [member.Value];
            foreach (var item in items)
            {
                var isFile = body.Files?.Contains(member.Name) == true;
                var file = isFile ? FileParts.Read(item) : null;
                var part = Bytes(
                    file?.Bytes ?? Encoding.UTF8.GetBytes(ParameterStyles.Text(item)),
                    file?.MediaType ?? (item.ValueKind == JsonValueKind.Object ? "application/json" : "text/plain")
                );
                part.Headers.ContentDisposition = new("form-data")
                {
                    Name = Quoted(member.Name),
                    FileName = isFile ? Quoted(file!.Name ?? member.Name) : null,
                };
                content.Add(part);
            }
        }
        return content;
    }

    // As browsers do it: what would end the quoted name is escaped.
    private static string Quoted(string name) =>
        '"'
        + name.Replace("\"", "%22", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal)
        + '"';

    private static IEnumerable<(string Name, string Value)> FormPairs(JsonElement value, IReadOnlyDictionary<string, FieldStyle>? fields) =>
        value
            .EnumerateObject()
            .Where(member => member.Value.ValueKind != JsonValueKind.Null)
            .SelectMany(member =>
                fields?.GetValueOrDefault(member.Name) is { } style
                    ? ParameterStyles.Pairs(member.Name, style.Style, style.Explode, member.Value)
                : member.Value.ValueKind == JsonValueKind.Object ? [(member.Name, member.Value.GetRawText())]
                : ParameterStyles.Pairs(member.Name, "form", true, member.Value)
            );

    private static ByteArrayContent Bytes(byte[] bytes, string mediaType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return content;
    }

    [GeneratedRegex(@"[/\\;]|%2[fF]|%5[cC]")]
    private static partial Regex Separators();
}
