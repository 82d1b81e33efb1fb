using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Client;

/// <summary>The API refused a request; the message is its own.</summary>
internal sealed class ApiErrorException(HttpStatusCode status, string message) : CommandException(message)
{
    public HttpStatusCode Status => status;
}

/// <summary>Talks JSON with the API, as whoever signed in.</summary>
internal sealed class ApiClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public HttpClient Http { get; } = new() { BaseAddress = address, Timeout = Timeout };

    public Uri Address => address;

    /// <summary>The value of the header; null for a stranger.</summary>
    public string? Authorization => Http.DefaultRequestHeaders.Authorization?.ToString();

    /// <summary>Acts with an API key or an access token from now on.</summary>
    public void Use(string token) => Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonNode> PostAsync(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonNode> DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    /// <returns>The answer's body; an empty object if it has none.</returns>
    /// <exception cref="ApiErrorException">The API refused.</exception>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Resolve(path)) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <exception cref="CommandException">Nobody answers.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken,
        HttpCompletionOption until = HttpCompletionOption.ResponseContentRead
    )
    {
        try
        {
            return await Http.SendAsync(request, until, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException(
                $"No API answers at {Address} ({exception.Message}) "
                    + $"Start the platform with ./run.sh, or name another address in {Variables.ApiUrl} or with --url.",
                exception
            );
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"The API at {Address} did not answer in time.", exception);
        }
    }

    /// <exception cref="ApiErrorException">The API refused.</exception>
    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiErrorException(response.StatusCode, Explain(response, text));
        }
        try
        {
            return text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject();
        }
        catch (JsonException exception)
        {
            var uri = response.RequestMessage!.RequestUri;
            throw new CommandException(
                $"What answers at {uri} is not the platform's API: its answer is not JSON. Check the address.",
                exception
            );
        }
    }

    /// <summary>A path with or without the slash in front, below the address, which may have a path of its own.</summary>
    public Uri Resolve(string path) => new(Address, path.TrimStart('/'));

    public void Dispose() => Http.Dispose();

    private static string Explain(HttpResponseMessage response, string text)
    {
        var request = response.RequestMessage!;
        var where = $"{request.Method} {request.RequestUri!.AbsolutePath} answered {(int)response.StatusCode}";
        var advice = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when !request.RequestUri.AbsolutePath.EndsWith("/auth/login", StringComparison.Ordinal) =>
                $" Sign in with swe login, or set {Variables.ApiToken}.",
            HttpStatusCode.Forbidden when request.RequestUri.AbsolutePath.Contains("/performance/", StringComparison.Ordinal) =>
                $" This needs an administrator: set {Variables.AdminPassword}, or name the platform's data folder with --data.",
            _ => "",
        };
        try
        {
            if (JsonNode.Parse(text) is JsonObject problem && (problem["detail"] ?? problem["title"]) is { } detail)
            {
                var fields = (problem["errors"] as JsonObject ?? []).Select(field =>
                    $"{Environment.NewLine}  {field.Key}: {string.Join(' ', field.Value!.AsArray().Select(line => (string?)line))}"
                );
                return $"{detail}{advice}{string.Concat(fields)} ({where})";
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Some proxy's own page.
        }
        return $"{where}.{advice}";
    }
}
