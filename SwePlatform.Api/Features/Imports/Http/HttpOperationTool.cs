using System.Net.Http.Headers;
using System.Text.Json;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Features.Imports.Http;

/// <summary>The API that an operation belongs to.</summary>
/// <param name="Id">Which import it came with.</param>
/// <param name="BaseUrl">Its address; nothing is ever sent to another server.</param>
/// <param name="Credential">How to read the credential; null if there is none.</param>
internal sealed record HttpApi(Guid Id, string Name, Uri BaseUrl, Func<Credential>? Credential);

/// <summary>One operation of an imported API as a tool.</summary>
internal sealed class HttpOperationTool(HttpApi api, HttpOperation operation, OutboundClient client, OutboundOptions options) : ITool
{
    // Thousands of operations share it, and what is in the body depends on each.
    private static readonly JsonElement Result = JsonElement.Parse("""{"type":"object","required":["status","headers"]}""");

    public string Name { get; } = $"{api.Name}.{operation.Name}";
    public string Title => operation.Title;
    public string Description => operation.Description;
    public ToolAnnotations Annotations { get; } =
        new(
            ReadOnly: operation.Method is "GET" or "HEAD" or "QUERY" or "OPTIONS",
            Idempotent: IsIdempotent(operation),
            Cacheable: false,
            Sandboxed: false
        );
    public TimeSpan TimeLimit => options.CallLimit + TimeSpan.FromSeconds(5);
    public Type ArgumentsType => typeof(JsonElement);
    public JsonElement InputSchema => operation.InputSchema;
    public JsonElement OutputSchema => Result;
    public bool NeedsProject => false;
    public bool ChecksSchema => true;
    public int Version => 1;

    public object ReadArguments(JsonElement arguments, ArgumentProblems problems)
    {
        new SchemaCheck(operation.InputSchema, problems).Check(arguments);
        if (problems.ByField.Count > 0)
        {
            return arguments;
        }
        var request = RequestBuilder.Prepare(operation, arguments, problems);
        // What cannot be written as UTF-8 shows here, where it is the caller's fault, and not when it is sent.
        using var content = problems.ByField.Count == 0 ? request.Content?.Invoke() : null;
        return request;
    }

    public Task<string?> CacheScopeAsync(object arguments, ToolContext context, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    public async Task<object> RunAsync(object arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var prepared = (PreparedRequest)arguments;
        var credential = api.Credential?.Invoke();
        using var request = CreateRequest(prepared, credential);
        try
        {
            using var response = await client.SendAsync(request, api.Id.ToString(), Annotations.Idempotent, cancellationToken);
            var result = await ResponseReader.ReadAsync(response, options.MaxResponseBytes, credential, cancellationToken);
            return result.Status is >= 200 and < 300 or 304 ? result : throw ResponseReader.Fail(result, operation.Security, credential);
        }
        catch (OutboundRefusedException exception)
        {
            throw new ToolException("unreachable", exception.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw new ToolException("unreachable", "The server broke its answer off, or it could not be read.");
        }
    }

    /// <summary>Bytes are nothing to read: they are told, and are in the result that is stored.</summary>
    public Listing Show(JsonElement result)
    {
        if (
            result.ValueKind != JsonValueKind.Object
            || !result.TryGetProperty("bodyBase64", out var bytes)
            || bytes.ValueKind != JsonValueKind.String
        )
        {
            return JsonListing.Of(result);
        }
        var read = result.Deserialize<HttpResult>(ToolJson.Results)!;
        return Listing.Of(
            $"{read.Status}: {read.Headers.GetValueOrDefault("content-type") ?? "bytes"}, {Base64Length(bytes.GetString()!)} bytes"
                + (read.Truncated ? ", cut" : "")
                + ". GET /api/v1/executions/{id}/output has them as bodyBase64; the id is in _meta.",
            read with
            {
                BodyBase64 = null,
            }
        );
    }

    private static int Base64Length(string base64) => (base64.Length / 4 * 3) - base64.AsSpan().Count('=');

    private HttpRequestMessage CreateRequest(PreparedRequest prepared, Credential? credential)
    {
        var address = new Uri(Server().AbsoluteUri.TrimEnd('/') + prepared.PathAndQuery);
        if (Uri.Compare(address, api.BaseUrl, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new ToolException(ToolException.Refused, "The call would go to another server than the import's.");
        }
        var request = new HttpRequestMessage(new HttpMethod(operation.Method), address) { Content = prepared.Content?.Invoke() };
        foreach (var (name, value) in prepared.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Headers.TryAddWithoutValidation("Accept", "application/json, */*;q=0.8");
        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("swe-platform", "1"));
        }
        request.RequestUri = credential?.Apply(address, request) ?? address;
        return request;
    }

    private Uri Server() =>
        operation.Server is { } server
        && Uri.TryCreate(server, UriKind.Absolute, out var own)
        && Uri.Compare(own, api.BaseUrl, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? own
            : api.BaseUrl;

    private static bool IsIdempotent(HttpOperation operation) =>
        operation.Method is "GET" or "HEAD" or "PUT" or "DELETE" or "QUERY" or "OPTIONS";
}
