using System.Net;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Load;

/// <summary>A client of the API under test: with the token that was given, or with an API key of its own, deleted at the end.</summary>
internal sealed class ApiSession : IAsyncDisposable
{
    private const string PreferredProject = "swe-platform";

    // A key that could not be deleted ends by itself.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(12);
    private static readonly TimeSpan CloneTimeout = TimeSpan.FromSeconds(60);

    private readonly string? _password;
    private string? _keyId;

    private ApiSession(ApiClient client, string? password) => (Client, _password) = (client, password);

    public ApiClient Client { get; }

    public Uri Address => Client.Address;

    public string Authorization => Client.Authorization!;

    public static async Task<ApiSession> OpenAsync(ApiTarget target, CancellationToken cancellationToken)
    {
        var session = new ApiSession(new(target.Address), target.Password);
        try
        {
            await session.CheckAsync(cancellationToken);
            await session.AuthenticateAsync(target, cancellationToken);
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
        var user = await Client.GetAsync("/api/v1/users/me", cancellationToken);
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
            var (method, path, name) = (entry.Definition.Method, entry.Definition.Path, entry.Definition.Name);
            if (sample.AsExpected)
            {
                usable.Add(entry.Definition);
            }
            else if (sample.Status == (int)HttpStatusCode.Forbidden)
            {
                await output.WriteLineAsync($"Skipped, because this token is not allowed to: {name}");
            }
            else
            {
                throw new CommandException($"{method} {path} ({name}) answers with {sample.Status} even without load. Fix that first.");
            }
        }
        return new RequestMix(usable, Address, values);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_keyId is not null)
            {
                await using var session = await SignedIn.OpenAsync(Address, ApiTarget.AdminEmail, _password!, CancellationToken.None);
                await session.Client.DeleteAsync($"/api/v1/api-keys/{_keyId}", CancellationToken.None);
            }
        }
        catch (CommandException)
        {
            // The server may be gone after the test; the key expires by itself.
        }
        Client.Dispose();
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Client.Resolve("/health"));
        using var response = await Client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandException($"The API at {Address} is not ready: /health answers with {(int)response.StatusCode}.");
        }
    }

    private async Task AuthenticateAsync(ApiTarget target, CancellationToken cancellationToken)
    {
        if (target.Token is { } token)
        {
            Client.Use(token);
            return;
        }
        // Access tokens end after an hour; a soak test does not.
        await using var session = await SignedIn.OpenAsync(target, cancellationToken);
        (_keyId, var key) = await session.CreateKeyAsync(
            "load test",
            null,
            TimeProvider.System.GetUtcNow() + KeyLifetime,
            cancellationToken
        );
        Client.Use(key);
    }

    private async Task<string> FindProjectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CloneTimeout);
        while (true)
        {
            var projects = (await Client.GetAsync("/api/v1/projects?limit=500", cancellationToken))["items"]!.AsArray();
            var usable = projects
                .Where(project => project!["headCommit"] is not null)
                .OrderBy(project => (string)project!["name"]! != PreferredProject);
            if (usable.FirstOrDefault() is { } found)
            {
                return (string)found["id"]!;
            }
            if (timeout.IsCancellationRequested || !projects.Any(project => (string)project!["status"]! == "cloning"))
            {
                throw new CommandException("No project is ready to be searched. Register one first: POST /api/v1/projects.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }
    }
}
