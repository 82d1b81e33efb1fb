using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.AppHost.Embedded.LoadTest;

/// <summary>A client of the API under test: with the token that was given, or with an API key of its own, deleted at the end.</summary>
internal sealed class ApiSession : IAsyncDisposable
{
    private const string AdminEmail = "admin@swe.local";
    private const string PreferredProject = "swe-platform";
    // A key that could not be deleted ends by itself.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(12);
    private static readonly TimeSpan CloneLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly string? _password;
    private string? _keyId;

    private ApiSession(Uri address, string? password)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        _password = password;
    }

    public Uri Address => _http.BaseAddress!;

    public string Authorization => _http.DefaultRequestHeaders.Authorization!.ToString();

    public static async Task<ApiSession> OpenAsync(Uri address, string? token, string? password, CancellationToken cancellationToken)
    {
        var session = new ApiSession(address, password);
        try
        {
            await session.CheckAsync(cancellationToken);
            await session.AuthenticateAsync(token, cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fills in who asks and about what, tries each request once, and leaves out writes that this token may not do.</summary>
    public async Task<RequestMix> PrepareAsync(ScenarioFile file, TextWriter output, CancellationToken cancellationToken)
    {
        var user = await SendAsync(HttpMethod.Get, "/api/v1/users/me", null, cancellationToken);
        var values = new Dictionary<string, string>
        {
            ["userId"] = (string)user["id"]!,
            ["displayName"] = (string)user["displayName"]!,
            ["projectId"] = await FindProjectAsync(cancellationToken),
        };
        using var client = new LoadClient(connections: 1, Authorization);
        var all = new RequestMix(file.Mix, Address, values);
        var usable = new List<MixEntry>();
        foreach (var entry in all.Entries)
        {
            var sample = await client.SendAsync(entry, cancellationToken);
            if (sample.AsExpected)
            {
                usable.Add(entry.Definition);
            }
            else if (sample.Status == (int)HttpStatusCode.Forbidden)
            {
                await output.WriteLineAsync($"Left out, because this token may not: {entry.Definition.Name}");
            }
            else
            {
                throw new HostException($"{entry.Definition.Method} {entry.Definition.Path} ({entry.Definition.Name}) answers with {sample.Status} even without load. Mend that first.");
            }
        }
        return new RequestMix(usable, Address, values);
    }

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? (text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject())
            : throw new HostException($"{method} {path} answers with {(int)response.StatusCode}: {text}");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_keyId is not null)
            {
                await SignInAsync(CancellationToken.None);
                await SendAsync(HttpMethod.Delete, $"/api/v1/api-keys/{_keyId}", null, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or HostException or OperationCanceledException)
        {
            // The server may be gone after the test; the key has an end of its own.
        }
        _http.Dispose();
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new HostException($"The API at {Address} is not ready: /health answers with {(int)response.StatusCode}.");
            }
        }
        catch (HttpRequestException exception)
        {
            throw new HostException($"No API answers at {Address} ({exception.Message}) Start the platform with ./run.sh, or name another address in API_URL.", exception);
        }
    }

    private async Task AuthenticateAsync(string? token, CancellationToken cancellationToken)
    {
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return;
        }
        await SignInAsync(cancellationToken);
        // Access tokens end after an hour; a soak test does not.
        var key = await SendAsync(HttpMethod.Post, "/api/v1/api-keys", new { name = "load test", expiresAt = TimeProvider.System.GetUtcNow() + KeyLifetime }, cancellationToken);
        _keyId = (string)key["id"]!;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)key["key"]!);
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        if (_password is null)
        {
            throw new HostException("Set API_TOKEN (an access token or API key), or SWE_ADMIN_PASSWORD, or name the platform's data folder with --data.");
        }
        _http.DefaultRequestHeaders.Authorization = null;
        var login = await SendAsync(HttpMethod.Post, "/api/v1/auth/login", new { email = AdminEmail, password = _password }, cancellationToken);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)login["token"]!);
    }

    private async Task<string> FindProjectAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CloneLimit);
        while (true)
        {
            var projects = (await SendAsync(HttpMethod.Get, "/api/v1/projects?limit=500", null, cancellationToken))["items"]!.AsArray();
            var usable = projects.Where(project => project!["headCommit"] is not null).OrderBy(project => (string)project!["name"]! != PreferredProject);
            if (usable.FirstOrDefault() is { } found)
            {
                return (string)found["id"]!;
            }
            if (limit.IsCancellationRequested || !projects.Any(project => (string)project!["status"]! == "cloning"))
            {
                throw new HostException("No project is ready to be searched. Register one first: POST /api/v1/projects.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }
    }
}
