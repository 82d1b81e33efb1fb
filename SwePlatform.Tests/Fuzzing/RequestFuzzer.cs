using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace SwePlatform.Tests.Fuzzing;

/// <summary>A request that the OpenAPI document allows, or nearly.</summary>
internal sealed record FuzzedRequest(string Method, string Url, byte[]? Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new(Method), Url);
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }
        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    public override string ToString() =>
        $"{Method} {Url} {string.Join(' ', Headers.Select(header => $"{header.Name}: {header.Value}"))} "
        + $"{(Body is null ? "" : Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, 500))))}";
}

/// <summary>Makes requests from an OpenAPI document: the same ones for the same seed.</summary>
internal sealed class RequestFuzzer(JsonNode document, IReadOnlyList<string> ids, int seed)
{
    private static readonly string[] Texts =
    [
        "",
        " ",
        "a",
        "main",
        "HEAD",
        "a.txt",
        "needle",
        "../../etc/passwd",
        "%00",
        "\0",
        "\ud800",
        "𝒳",
        "'; DROP TABLE users;--",
        "<script>",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-13-45",
        "1e400",
        "-1",
        "2147483648",
        "99999999999999999999",
        "true",
        "null",
        "[]",
        "{}",
        "(a+)+$",
        "[",
        "**/*",
        "Bad Key",
        "code.search",
        "files.list",
        "git.log",
        "no.such",
        "https://example.invalid/x",
        "ext::sh",
        new string('x', 300),
        new string('é', 1000),
    ];

    private static readonly string[] Numbers =
    [
        "0",
        "1",
        "-1",
        "500",
        "501",
        "2147483647",
        "2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "1.0",
        "0.5",
        "1e3",
        "1e400",
        "99999999999999999999999999",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Prefer", "respond-async"),
        ("Prefer", "wait=0"),
        ("Prefer", "wait=99999999999999999999"),
        ("Last-Event-ID", "x"),
        ("Last-Event-ID", "99999999999999999999"),
        ("Idempotency-Key", "k"),
        ("Idempotency-Key", " "),
        ("If-None-Match", "*"),
        ("If-None-Match", "\"x\""),
        ("Accept", "text/event-stream"),
        ("Accept", "text/html"),
        ("Accept-Encoding", "br;q=x, *"),
        ("Cache-Control", "no-cache"),
        ("Range", "bytes=5-1"),
        ("X-Forwarded-For", "x"),
        ("X-API-Key", "swe_x"),
        ("Expect", "x"),
        ("Content-Type", "text/plain"),
    ];

    private readonly Random _random = new(seed);
    private readonly List<(string Path, string Method, JsonNode Operation)> _operations =
    [
        .. document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Where(method => method.Value is JsonObject operation && operation["responses"] is not null)
                    .Select(method => (Path: path.Key, Method: method.Key, Operation: method.Value!))
            )
            // It ends the session that all requests are made with.
            .Where(operation => !operation.Path.EndsWith("/logout", StringComparison.Ordinal)),
    ];

    public int Operations => _operations.Count;

    public FuzzedRequest Next()
    {
        var (path, method, operation) = _operations[_random.Next(_operations.Count)];
        var query = new List<string>();
        foreach (var parameter in (operation["parameters"] as JsonArray ?? []).Select(Resolve))
        {
            var (name, place) = ((string)parameter["name"]!, (string)parameter["in"]!);
            if (place == "path")
            {
                path = path.Replace($"{{{name}}}", Escape(Text(name)), StringComparison.Ordinal);
            }
            else if (place == "query" && Chance(2))
            {
                query.Add($"{Escape(Chance(20) ? Text("") : name)}={Escape(Chance(4) ? Text("") : Plain(Resolve(parameter["schema"])))}");
            }
        }
        var schema = operation["requestBody"]?["content"]?["application/json"]?["schema"];
        var headers = Enumerable.Range(0, _random.Next(3)).Select(_ => Headers[_random.Next(Headers.Length)]).ToList();
        return new(
            method.ToUpperInvariant(),
            path + (query.Count == 0 ? "" : "?" + string.Join('&', query)),
            schema is null && !Chance(20) ? null : Body(schema),
            headers
        );
    }

    private byte[] Body(JsonNode? schema)
    {
        var json = new StringBuilder();
        Write(json, schema, 0);
        var bytes = Encoding.UTF8.GetBytes(json.ToString());
        switch (_random.Next(15))
        {
            case 0 when bytes.Length > 0:
                bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                break;
            case 1:
                return bytes[.._random.Next(bytes.Length + 1)];
            case 2:
                return [];
        }
        return bytes;
    }

    private void Write(StringBuilder json, JsonNode? schema, int depth)
    {
        schema = Resolve(schema);
        if (Chance(12) || schema is null)
        {
            json.Append(Anything(depth));
            return;
        }
        switch (TypeOf(schema))
        {
            case "object" when depth < 6:
                var members = (schema["properties"] as JsonObject ?? []).Where(_ => !Chance(5)).ToList();
                json.Append('{');
                for (var index = 0; index < members.Count; index++)
                {
                    json.Append(index > 0 ? "," : "").Append(Quote(members[index].Key)).Append(':');
                    if (members[index].Key == "arguments")
                    {
                        json.Append("""{"query":""").Append(Quote(Text(""))).Append('}');
                    }
                    else
                    {
                        Write(json, members[index].Value, depth + 1);
                    }
                }
                json.Append(Chance(15) ? ",\"extra\":1}" : "}");
                break;
            case "array" when depth < 6:
                json.Append('[');
                for (var count = _random.Next(3); count > 0; count--)
                {
                    Write(json, schema["items"], depth + 1);
                    json.Append(count > 1 ? "," : "");
                }
                json.Append(']');
                break;
            case "integer" or "number":
                json.Append(Numbers[_random.Next(Numbers.Length)]);
                break;
            case "boolean":
                json.Append(Chance(2) ? "true" : "false");
                break;
            default:
                json.Append(
                    schema["enum"] is JsonArray { Count: > 0 } values && !Chance(4)
                        ? values[_random.Next(values.Count)]!.ToJsonString()
                        : Quote(Text((string?)schema["format"] == "uuid" ? "id" : ""))
                );
                break;
        }
    }

    private string Anything(int depth) =>
        _random.Next(9) switch
        {
            0 => "null",
            1 => "{}",
            2 => "[[[[]]]]",
            3 => new string('[', 100) + new string(']', 100),
            4 => "\"\\ud800\"",
            5 => "\"\\u0000\"",
            6 when depth == 0 => "",
            7 => Numbers[_random.Next(Numbers.Length)],
            _ => Quote(Text("")),
        };

    // For a place in an address.
    private string Plain(JsonNode? schema) =>
        TypeOf(schema) switch
        {
            "integer" or "number" => Numbers[_random.Next(Numbers.Length)],
            "boolean" => Chance(2) ? "true" : "maybe",
            _ => Text(""),
        };

    private string Text(string name) =>
        name.EndsWith("id", StringComparison.OrdinalIgnoreCase) && !Chance(4) ? ids[_random.Next(ids.Count)]
        : Chance(8) ? _random.NextInt64().ToString(CultureInfo.InvariantCulture)
        : Texts[_random.Next(Texts.Length)];

    private JsonNode Resolve(JsonNode? schema) =>
        (string?)schema?["$ref"] is { } reference ? reference.Split('/').Skip(1).Aggregate(document, (node, part) => node[part]!) : schema!;

    private static string? TypeOf(JsonNode? schema) =>
        schema?["type"] switch
        {
            JsonArray types => types.Select(type => (string)type!).FirstOrDefault(type => type != "null"),
            JsonValue type => (string)type!,
            _ => schema?["properties"] is null ? null : "object",
        };

    // Half a surrogate pair is written as an escape: it has no bytes.
    private static string Quote(string text) =>
        text.Contains('\ud800', StringComparison.Ordinal) ? "\"\\ud800\"" : JsonValue.Create(text).ToJsonString();

    private static string Escape(string text) =>
        text.Contains('\ud800', StringComparison.Ordinal) ? "%ED%A0%80" : Uri.EscapeDataString(text);

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
