using System.Net;
using System.Text;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

public sealed class OriginCheckTests(Platform platform)
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

    [Fact]
    public async Task Programs_and_pages_of_the_server_itself_may_call()
    {
        using var client = await platform.NewMemberAsync();
        var own = client.Http.BaseAddress!;

        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, null, null));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, $"http://{own.Authority}", null));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, $"http://localhost:{own.Port}", $"localhost:{own.Port}"));
        // A program on the network, or a service that found this one, calls it as it likes.
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, null, "builder.lan:8000"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, null, "api"));
    }

    [Theory]
    [InlineData("https://evil.example.com", null)]
    [InlineData("null", null)]
    [InlineData("nonsense", null)]
    [InlineData("http://localhost:1", null)]
    // The page's name was made to lead here.
    [InlineData("http://evil.example.com:8000", "evil.example.com:8000")]
    public async Task Pages_of_others_may_not(string origin, string? host)
    {
        using var client = await platform.NewMemberAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, origin, host));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, origin, host, $"//mcp/projects/{Guid.CreateVersion7()}"));
        // Only MCP asks: the rest takes no notice of it.
        (await client.SendAsync(HttpMethod.Get, "/projects", null, ("Origin", origin))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Names_and_pages_can_be_allowed()
    {
        await using var replica = platform.StartApi(
            ("Mcp:AllowedHosts:0", "swe.example.com"),
            ("Mcp:AllowedHosts:1", "*.lan"),
            ("Mcp:AllowedOrigins:0", "https://inspector.example.com")
        );
        using var member = await platform.NewMemberAsync();
        using var client = member.At(replica.ClientOptions.BaseAddress);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, null, "swe.example.com"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, "https://swe.example.com", "swe.example.com"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, "https://inspector.example.com", "builder.lan:8000"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, null, null));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, null, "evil.example.com"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, "https://inspector.example.com", "evil.example.com"));
    }

    private static async Task<HttpStatusCode> PostAsync(ApiClient client, string? origin, string? host, string path = "//mcp")
    {
        List<(string, string)> headers = [("Accept", "application/json, text/event-stream")];
        headers.AddRange(origin is null ? [] : [("Origin", origin)]);
        headers.AddRange(host is null ? [] : [("Host", host)]);
        return (
            await client.SendAsync(HttpMethod.Post, path, new StringContent(Ping, Encoding.UTF8, "application/json"), [.. headers])
        ).Status;
    }
}
