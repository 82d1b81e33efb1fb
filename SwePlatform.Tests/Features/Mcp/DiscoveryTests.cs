using System.Net;
using System.Text;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

/// <summary>What clients ask for before they call anything.</summary>
public sealed class DiscoveryTests(Platform platform, ITestOutputHelper output)
{
    [Theory]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/mcp/.well-known/openid-configuration")]
    [InlineData("/.well-known/")]
    public async Task What_is_not_well_known_is_not_found(string path)
    {
        using var stranger = platform.NewStranger();

        (await stranger.GetAsync("/" + path)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("2020-01-01", null)]
    [InlineData("nonsense", null)]
    [InlineData("2099-01-01", "2099-01-01")]
    public async Task A_version_that_is_not_known_is_answered_with_all_that_are(string header, string? meta)
    {
        using var client = await platform.NewMemberAsync();
        var about = meta is null ? "{}" : $$$"""{"_meta":{"io.modelcontextprotocol/protocolVersion":"{{{meta}}}"}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(platform.Address, "/mcp"))
        {
            Content = new StringContent(
                $$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{about}}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = client.Http.DefaultRequestHeaders.Authorization;
        request.Headers.Add("MCP-Protocol-Version", header);
        request.Headers.Add("Accept", "application/json, text/event-stream");
        using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        output.WriteLine($"{answer.StatusCode} {text}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.All(
            ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"],
            version => Assert.Contains(version, text, StringComparison.Ordinal)
        );
    }
}
