using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Diagnostics;

/// <summary>The probe of what a first page weighs, on the real front end and on others that are wrong on purpose.</summary>
public sealed class BundleProbeTests(Platform platform, BrowserSystem running)
{
    [Fact]
    public async Task The_front_end_of_the_platform_passes()
    {
        var system = await running.GetSystemAsync();
        using var admin = new ApiClient(system.ApiAddress);
        await admin.LoginAsync("admin@swe.local", BrowserSystem.AdminPassword);

        var check = await ProbeAsync(admin);

        Assert.True((string)check["verdict"]! == "pass", check.ToJsonString());
        Assert.Contains(
            check["evidence"]!.AsArray(),
            line => ((string)line!).Contains("/_framework/blazor.web.", StringComparison.Ordinal)
        );
        Assert.All(check["evidence"]!.AsArray().Skip(1), line => Assert.Matches(@"^/\S+: \d+ bytes as (br|gzip|identity)$", (string)line!));
    }

    [Theory]
    [InlineData("small.js", "pass", "The first page takes")]
    [InlineData("plain.js", "fail", "/plain.js is sent uncompressed.")]
    [InlineData("huge.js", "fail", "over its budget of 300 KiB")]
    [InlineData("gone.js", "fail", "/gone.js answers 404.")]
    public async Task Another_front_end_is_judged_by_what_it_sends(string asset, string verdict, string summary)
    {
        await using var web = await StartAsync(asset);
        await using var replica = platform.StartApi(("Performance:WebAddress", web.Urls.Single()));
        using var admin = (await platform.NewAdminAsync()).At(replica.ClientOptions.BaseAddress);

        var check = await ProbeAsync(admin);

        Assert.True((string)check["verdict"]! == verdict, check.ToJsonString());
        Assert.Contains(summary, (string)check["summary"]!, StringComparison.Ordinal);
        Assert.Equal(verdict == "fail", check["fix"] is not null);
    }

    private static async Task<JsonNode> ProbeAsync(ApiClient admin)
    {
        var checklist = (await admin.GetAsync("/performance/checklist")).Expect(HttpStatusCode.OK);
        return checklist["sections"]!
            .AsArray()
            .SelectMany(section => section!["checks"]!.AsArray())
            .Single(check => (string)check!["title"]! == "Frontend bundle optimized")!;
    }

    private static async Task<WebApplication> StartAsync(string asset)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        web.MapGet("/sign-in", () => Results.Text("<html></html>", "text/html"));
        web.MapGet("/assets.json", () => Results.Json(new { assets = new[] { "/" + asset } }));
        web.MapGet("/plain.js", () => Results.Bytes(new byte[50_000], "text/javascript"));
        web.MapGet("/small.js", (HttpResponse response) => Compressed(response, new byte[50_000]));
        web.MapGet(
            "/huge.js",
            (HttpResponse response) =>
            {
                // What is random stays as large as it is.
                var bytes = new byte[400 * 1024];
                new Random(1).NextBytes(bytes);
                return Compressed(response, bytes);
            }
        );
        await web.StartAsync();
        return web;
    }

    private static IResult Compressed(HttpResponse response, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(packed.ToArray(), "text/javascript");
    }
}
