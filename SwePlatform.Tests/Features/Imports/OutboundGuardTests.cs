using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Imports.Http;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Imports;

/// <summary>The ways into a private network that are known, and that none of them works.</summary>
public sealed class OutboundGuardTests(ImportBench bench, Platform platform) : IClassFixture<ImportBench>
{
    private const string Spec = """{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{"operationId":"a"}}}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Refused =>
        [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://0x7f.0.0.1/",
            "http://127.0.0.1.:80/",
            "http://localhost/",
            "http://localhost./",
            "http://LOCALHOST:5432/",
            "http://0.0.0.0/",
            "http://0/",
            "http://[::]/",
            "http://[::1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b:1::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:7f00:1::1]/",
            "http://[::ffff:0:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://[fd00:ec2::254]/",
            "http://[ff02::1]/",
            "http://[fec0::1]/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://100.64.0.1/",
            "http://100.100.100.200/",
            "http://169.254.169.254/latest/meta-data/",
            "http://168.63.129.16/",
            "http://192.0.0.192/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://240.0.0.1/",
            "http://①②⑦.0.0.1/",
            "http://127。0。0。1/",
            "http://user:pass@example.com/",
            "http://example.com@127.0.0.1/",
            "file:///etc/passwd",
            "ftp://example.com/",
            "gopher://127.0.0.1:6379/_x",
            "http://127.0.0.1\\@example.com/",
            "http://exa mple.com/",
            "//127.0.0.1/",
            "example.com",
            "http://",
        ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Neither_a_document_nor_an_API_may_be_there(string address)
    {
        using var client = await platform.NewMemberAsync();

        (
            await client.PostAsync(
                "/tools/imports",
                new
                {
                    name = "inside",
                    spec = Spec,
                    baseUrl = address,
                }
            )
        ).ExpectFieldError("baseUrl");
        (await client.PostAsync("/tools/imports", new { name = "inside", specUrl = address })).ExpectFieldError("specUrl");
    }

    [Fact]
    public async Task Neither_may_the_server_that_a_document_names()
    {
        using var client = await platform.NewMemberAsync();
        var spec = JsonNode.Parse(Spec)!;
        spec["servers"] = new JsonArray(
            new JsonObject
            {
                ["url"] = "http://{h}:5432",
                ["variables"] = new JsonObject { ["h"] = new JsonObject { ["default"] = "localhost" } },
            }
        );

        (await client.PostAsync("/tools/imports", new { name = "inside", spec })).ExpectFieldError("baseUrl");
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var client = await bench.NewMemberAsync();

        var problem = (
            await client.PostAsync("/tools/imports", new { name = "inside", specUrl = new Uri(bench.Server, "/elsewhere") })
        ).ExpectFieldError("specUrl");

        Assert.Contains("Redirects are not followed", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_that_may_be_followed_is_checked_like_any_address()
    {
        using var client = new OutboundClient(Options(), new(Options(), Dns.GetHostAddressesAsync));

        await Assert.ThrowsAsync<OutboundRefusedException>(() =>
            client.SendAsync(new(HttpMethod.Get, new Uri(bench.Server, "/elsewhere")), "test", false, Cancel)
        );
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(bench.Server, "/away")) { Headers = { { "X-Note", "same server" } } };
        using var answer = await client.SendAsync(request, "test", false, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("same server", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        IOptions<OutboundOptions> Options() =>
            Microsoft.Extensions.Options.Options.Create(
                new OutboundOptions { AllowRedirects = true, AllowedHosts = [$"127.0.0.1:{bench.Server.Port}"] }
            );
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_connection_goes_to_what_was_checked()
    {
        var asked = 0;
        // What a name server of an attacker says: first a harmless address, then the one that it is after.
        Task<IPAddress[]> Rebind(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IPAddress[]>([IPAddress.Parse(++asked == 1 ? "127.0.0.1" : "127.0.0.2")]);
        var options = Options.Create(new OutboundOptions { AllowedHosts = ["127.0.0.1/32"] });
        using var handler = new SocketsHttpHandler { ConnectCallback = new OutboundGuard(options, Rebind).ConnectAsync, UseProxy = false };
        using var client = new HttpClient(handler);

        var text = await client.GetStringAsync(new Uri($"http://rebind.example:{bench.Server.Port}/v1/here"), Cancel);
        var second = await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetStringAsync(new Uri($"http://other.example:{bench.Server.Port}/v1/here"), Cancel)
        );

        Assert.Contains("/v1/here", text, StringComparison.Ordinal);
        Assert.Equal(2, asked);
        Assert.IsType<OutboundRefusedException>(second.InnerException);
    }

    [Fact]
    public async Task One_private_address_among_public_ones_is_enough_to_refuse()
    {
        var guard = new OutboundGuard(
            Options.Create(new OutboundOptions()),
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34"), IPAddress.Loopback])
        );

        await Assert.ThrowsAsync<OutboundRefusedException>(() => guard.ResolveAsync("mixed.example", 80, Cancel));
    }

    [Fact]
    public async Task A_host_that_is_not_found_says_so()
    {
        var guard = new OutboundGuard(
            Options.Create(new OutboundOptions()),
            (_, _) => throw new SocketException((int)SocketError.HostNotFound)
        );

        var refused = await Assert.ThrowsAsync<OutboundRefusedException>(() => guard.ResolveAsync("nowhere.example", 80, Cancel));

        Assert.True(refused.IsUnknownHost);
    }
}
