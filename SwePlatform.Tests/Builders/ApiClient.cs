using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace SwePlatform.Tests.Builders;

/// <summary>What the API answered.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode? Body, HttpResponseHeaders Headers, string? ContentType)
{
    /// <summary>The body, after a check of the status.</summary>
    public JsonNode Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Body?.ToJsonString()}");
        return Body!;
    }

    /// <summary>The problem, after a check that it has all that the contract promises.</summary>
    public JsonNode ExpectProblem(HttpStatusCode status)
    {
        Expect(status);
        Assert.Equal("application/problem+json", ContentType);
        foreach (var member in new[] { "type", "title", "status", "detail", "traceId" })
        {
            Assert.True(Body![member] is not null, $"The problem lacks '{member}': {Body.ToJsonString()}");
        }
        Assert.Equal((int)status, (int)Body!["status"]!);
        return Body;
    }

    /// <summary>The messages about one field of a 400.</summary>
    public string ExpectFieldError(string field)
    {
        var errors = ExpectProblem(HttpStatusCode.BadRequest)["errors"] as JsonObject;
        Assert.True(errors?[field] is not null, $"No error names '{field}': {Body!.ToJsonString()}");
        return string.Join(' ', errors[field]!.AsArray().Select(message => (string)message!));
    }
}

/// <summary>Talks to the API as a stranger would: JSON over HTTP, no types shared with it.</summary>
internal sealed class ApiClient(Uri address) : IDisposable
{
    public const string Password = "a-good-long-password";

    // A body that was asked for is sent when the server says so, and not because the server was slow to say that it is too large.
    public HttpClient Http { get; } =
        new(new SocketsHttpHandler { Expect100ContinueTimeout = Eventually.Timeout })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(5),
        };

    public string Email { get; private set; } = $"{Guid.CreateVersion7():N}@example.com";

    public Guid UserId { get; private set; }

    public string RefreshToken { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task RegisterAsync()
    {
        (await PostAsync("/auth/register", new { email = Email, password = Password })).Expect(HttpStatusCode.Created);
        await LoginAsync(Email, Password);
    }

    public async Task LoginAsync(string email, string password) =>
        Take((await PostAsync("/auth/login", new { email, password })).Expect(HttpStatusCode.OK));

    /// <summary>Acts with what a login or refresh answered.</summary>
    public void Take(JsonNode login)
    {
        Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)login["token"]!);
        RefreshToken = (string)login["refreshToken"]!;
        UserId = (Guid)login["user"]!["id"]!;
        Email = (string)login["user"]!["email"]!;
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object? body = null) =>
        SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, JsonContent.Create(body));

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        params IEnumerable<(string Name, string Value)> headers
    )
    {
        // Paths are those of the contract; what does not start with a version is outside of it.
        var url = path.StartsWith("//", StringComparison.Ordinal) ? path[1..] : "/api/v1" + path;
        using var request = new HttpRequestMessage(method, url) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }
        if (content is not null)
        {
            // A server that refuses a large body does so before it has read it all: told
            // its length and asked first, it can say so in peace.
            await content.LoadIntoBufferAsync(Cancel);
            request.Headers.ExpectContinue = true;
        }
        using var response = await Http.SendAsync(request, Cancel);
        var type = response.Content.Headers.ContentType?.MediaType;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        var isJson = type?.EndsWith("json", StringComparison.Ordinal) == true && text.Length > 0;
        return new(
            response.StatusCode,
            isJson ? JsonNode.Parse(text)
                : text.Length > 0 ? JsonValue.Create(text)
                : null,
            response.Headers,
            type
        );
    }

    /// <summary>Registers a repository and waits until it is cloned.</summary>
    public async Task<Guid> AddProjectAsync(string repositoryUrl, string? defaultBranch = null)
    {
        var project = (
            await PostAsync(
                "/projects",
                new
                {
                    name = $"p-{Guid.CreateVersion7():N}",
                    repositoryUrl,
                    defaultBranch,
                }
            )
        ).Expect(HttpStatusCode.Created);
        var settled = await SettleAsync((Guid)project["id"]!);
        Assert.True((string)settled["status"]! == "ready", settled.ToJsonString());
        return (Guid)project["id"]!;
    }

    /// <summary>Waits until nothing is being cloned or fetched.</summary>
    public Task<JsonNode> SettleAsync(Guid projectId) =>
        Eventually.FindAsync(async () =>
            (await GetAsync($"/projects/{projectId}")).Expect(HttpStatusCode.OK) is var project && !(bool)project["syncing"]!
                ? project
                : null
        );

    public Task<Answer> ExecuteAsync(string toolName, Guid? projectId, object? arguments = null, string? @ref = null) =>
        PostAsync(
            "/tools/execute",
            new
            {
                toolName,
                projectId,
                @ref,
                arguments = arguments ?? new { },
            }
        );

    /// <summary>Runs a tool with headers that say how.</summary>
    public Task<Answer> ExecuteAsync(
        string toolName,
        Guid projectId,
        object arguments,
        params IEnumerable<(string Name, string Value)> headers
    ) =>
        SendAsync(
            HttpMethod.Post,
            "/tools/execute",
            JsonContent.Create(
                new
                {
                    toolName,
                    projectId,
                    arguments,
                }
            ),
            headers
        );

    /// <summary>What an execution tells, as it happens, until it has ended.</summary>
    public async IAsyncEnumerable<SseItem<string>> FollowAsync(Guid executionId, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/executions/{executionId}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(Cancel)).EnumerateAsync(Cancel))
        {
            yield return item;
        }
    }

    /// <summary>Another client of the same user, at another replica.</summary>
    public ApiClient At(Uri replica)
    {
        var client = new ApiClient(replica);
        client.Http.DefaultRequestHeaders.Authorization = Http.DefaultRequestHeaders.Authorization;
        return client;
    }

    /// <summary>Runs a tool that is expected to succeed, and returns its result.</summary>
    public async Task<JsonNode> RunAsync(string toolName, Guid projectId, object? arguments = null, string? @ref = null)
    {
        var answer = (await ExecuteAsync(toolName, projectId, arguments, @ref)).Expect(HttpStatusCode.OK);
        Assert.True((bool)answer["success"]!, answer.ToJsonString(JsonSerializerOptions.Web));
        return answer["result"]!;
    }

    public void Dispose() => Http.Dispose();
}
