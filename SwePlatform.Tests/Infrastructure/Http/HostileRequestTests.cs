using System.Net;
using System.Text;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.Http;

/// <summary>Requests that were the server's fault once.</summary>
public sealed class HostileRequestTests(Platform platform)
{
    private static readonly (string, string) AcceptsBoth = ("Accept", "application/json, text/event-stream");

    [Fact]
    public async Task Settings_refuse_keys_and_texts_that_cannot_be_kept()
    {
        using var admin = await platform.NewAdminAsync();

        (await admin.DeleteAsync("/config/Bad%20Key")).ExpectFieldError("key");
        foreach (
            var body in (byte[][])
                [
                    "{\"value\":\"\\ud800\"}"u8.ToArray(),
                    [.. "{\"value\":\""u8, 0xFF, 0xFE, .. "\"}"u8],
                    "{\"value\":\"\\u0000\"}"u8.ToArray(),
                ]
        )
        {
            var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            (await admin.SendAsync(HttpMethod.Put, "/config/hostile.key", content)).ExpectProblem(HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [InlineData("?To=0001-01-01T00:00:00Z")]
    [InlineData("?From=9999-12-31T23:59:59Z")]
    [InlineData("?To=0001-01-01T00:00:00Z&Window=30d")]
    public async Task The_ends_of_time_are_times(string query)
    {
        using var admin = await platform.NewAdminAsync();

        (await admin.GetAsync($"/performance/slow-requests{query}")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"jsonrpc\":\"2.0\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":null}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":[]}")]
    public async Task What_is_no_message_of_MCP_is_the_agents_fault(string body)
    {
        using var client = await platform.NewMemberAsync();

        var answer = await client.SendAsync(
            HttpMethod.Post,
            "//mcp",
            new StringContent(body, Encoding.UTF8, "application/json"),
            AcceptsBoth
        );

        Assert.True((int)answer.Status < 500, $"{answer.Status}: {answer.Body?.ToJsonString()}");
        // What cannot be read at all is for the library to answer.
        Assert.True(
            body.Contains("params", StringComparison.Ordinal)
                || !(answer.Body?.ToJsonString() ?? "").Contains("-32603", StringComparison.Ordinal),
            answer.Body?.ToJsonString()
        );
        Assert.DoesNotContain("NullReference", answer.Body?.ToJsonString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task MCP_without_a_body_is_the_agents_fault()
    {
        using var client = await platform.NewMemberAsync();

        (await client.SendAsync(HttpMethod.Post, "//mcp", null, AcceptsBoth)).ExpectProblem(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("100644", ".git")]
    [InlineData("100644", "..")]
    [InlineData("100644", ".GIT")]
    [InlineData("100644", "git~1")]
    public async Task A_tree_that_git_refuses_makes_no_workspace(string mode, string name)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("a.txt", "a\n").Commit().StoreTree("strange", (mode, name)).Folder
        );

        var problem = (await client.PostAsync($"/projects/{project}/workspaces", new { name = "w", fromRef = "strange" })).ExpectProblem(
            HttpStatusCode.Conflict
        );

        Assert.Contains("working copy", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await client.GetAsync($"/projects/{project}/workspaces")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("text/html")]
    [InlineData("image/png")]
    public async Task Problems_are_told_to_those_who_accept_none(string accepted)
    {
        using var client = await platform.NewMemberAsync();

        (await client.SendAsync(HttpMethod.Get, $"/executions/{Guid.CreateVersion7()}/events", null, ("Accept", accepted))).ExpectProblem(
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    public void Refused_credentials_are_logged_line_by_line_and_not_without_end()
    {
        var lines = new CountingLogger<SwePlatform.Api.Features.Auth.RefusalLog>();
        var log = new SwePlatform.Api.Features.Auth.RefusalLog(TimeProvider.System, lines);

        log.Refused("192.0.2.1", "/api/v1/projects", "The access token is invalid or has expired.");
        Assert.Equal(1, lines.Count);
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            log.Refused("192.0.2.1", "/api/v1/projects", "The access token is invalid or has expired.");
        }

        Assert.InRange(lines.Count, 2, 50);
    }

    private sealed class CountingLogger<T> : Microsoft.Extensions.Logging.ILogger<T>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Count++;
    }
}
