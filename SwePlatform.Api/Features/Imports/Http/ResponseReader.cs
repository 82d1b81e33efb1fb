using System.Text;
using System.Text.Json;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>What an imported API answered.</summary>
/// <param name="Body">JSON if the answer is JSON, else text; null if there is none, or if it is not text.</param>
/// <param name="BodyBase64">The body if it is not text.</param>
/// <param name="Truncated">Whether the body is longer, and only its beginning is here.</param>
internal sealed record HttpResult(
    int Status,
    IReadOnlyDictionary<string, string> Headers,
    JsonElement? Body,
    bool Truncated,
    string? BodyBase64 = null
);

/// <summary>Reads answers: so much of them and no more, and without the credential that a server may send back.</summary>
internal static class ResponseReader
{
    private const int ExcerptLength = 2000;

    // One level less than what readers take by default, as the body is a member of the result.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 60 };

    private static readonly string[] TextKinds = ["json", "xml", "javascript", "yaml", "graphql", "x-www-form-urlencoded"];

    private static readonly string[] Shown =
    [
        "Content-Type",
        "Location",
        "Link",
        "ETag",
        "Last-Modified",
        "Retry-After",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-Request-Id",
        "X-Total-Count",
    ];

    public static async Task<HttpResult> ReadAsync(
        HttpResponseMessage response,
        int maxBytes,
        Credential? credential,
        CancellationToken cancellationToken
    )
    {
        var (bytes, truncated) = await ReadBytesAsync(response, maxBytes, cancellationToken);
        var text = IsText(response.Content.Headers.ContentType?.MediaType)
            ? Redact(Decode(bytes, response.Content.Headers.ContentType?.CharSet), credential)
            : null;
        return new(
            (int)response.StatusCode,
            Headers(response, credential),
            bytes.Length == 0 || text is null ? null : Parse(text),
            truncated,
            bytes.Length == 0 || text is not null || Tells(bytes, credential) ? null : Convert.ToBase64String(bytes)
        );
    }

    /// <summary>Why the call failed, for an answer that says so.</summary>
    /// <param name="security">What the operation asks of its callers.</param>
    public static ToolException Fail(HttpResult result, string? security, Credential? credential)
    {
        var body = result.Body is { } value ? ParameterStyles.Text(value) : "";
        var excerpt =
            body.Length <= ExcerptLength
                ? body
                : body[..(char.IsHighSurrogate(body[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength)] + " …";
        var message = result.Status is >= 300 and < 400
            ? $"The server answered {result.Status} and points to "
                + $"{result.Headers.GetValueOrDefault("location") ?? "nowhere"}. Redirects are not followed."
            : $"The server answered {result.Status}"
                + (result.Headers.GetValueOrDefault("retry-after") is { } wait ? $" (retry after {wait})." : ".");
        if (result.Status is 401 or 403 && security is not null)
        {
            message +=
                $" The operation asks for {security}; the import "
                + (credential is null ? "has no credential (PATCH /tools/imports/{id} sets one)." : $"sends its {credential}.");
        }
        return new("http_status", excerpt.Length == 0 ? message : $"{message} {excerpt}");
    }

    public static async Task<(byte[] Bytes, bool Truncated)> ReadBytesAsync(
        HttpResponseMessage response,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var read = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (read.Length + count > maxBytes)
            {
                read.Write(buffer, 0, maxBytes - (int)read.Length);
                return (read.ToArray(), true);
            }
            read.Write(buffer, 0, count);
        }
        return (read.ToArray(), false);
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage response, Credential? credential)
    {
        var headers = new Dictionary<string, string>();
        foreach (var name in Shown)
        {
            if (
                response.Headers.NonValidated.TryGetValues(name, out var values)
                || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            )
            {
                headers[name.ToLowerInvariant()] = Clean(Redact(values.ToString(), credential));
            }
        }
        return headers;
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Depth);
            // Writing it finds what only pretends to be JSON, such as half a surrogate pair in an escape.
            return JsonElement.Parse(JsonSerializer.Serialize(document.RootElement, ToolJson.Options));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    private static string Decode(byte[] bytes, string? charset)
    {
        try
        {
            return Clean((charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'))).GetString(bytes));
        }
        catch (ArgumentException)
        {
            return Clean(Encoding.UTF8.GetString(bytes));
        }
    }

    // The database keeps no NUL in text.
    private static string Clean(string text) => text.TrimStart('\uFEFF').Replace('\0', '\uFFFD');

    private static string Redact(string text, Credential? credential) =>
        credential is null
            ? text
            : credential.Secrets.Aggregate(text, (current, secret) => current.Replace(secret, "***", StringComparison.Ordinal));

    // A server that puts the credential into bytes, where nobody finds it by reading.
    private static bool Tells(byte[] bytes, Credential? credential) =>
        credential?.Secrets.Any(secret => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0) == true;

    private static bool IsText(string? mediaType) =>
        mediaType is null
        || mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || TextKinds.Any(kind => mediaType.Contains(kind, StringComparison.OrdinalIgnoreCase));
}
