using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Imports;

/// <summary>A server that says back what it was sent, and a replica of the API that may reach it.</summary>
public sealed class ImportBench(Platform platform) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _documents = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private WebApplication _server = null!;
    private Platform.ApiFactory _replica = null!;

    public Uri Server { get; private set; } = null!;

    internal Uri Replica => _replica.ClientOptions.BaseAddress;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapGet("/documents/{name}", (string name) => Results.Text(_documents[name]));
        _server.MapGet("/elsewhere", () => Results.Redirect("http://127.0.0.1:1/secret"));
        _server.MapGet("/away", () => Results.Redirect("/v1/moved"));
        _server.Map(
            "/v1/status/{code:int}",
            (int code, HttpRequest request) =>
                Results.Text($$"""{"message":"no, {{request.Headers.Authorization}}"}""", "application/json", statusCode: code)
        );
        _server.Map(
            "/v1/flaky/{key}",
            (string key) =>
                _counts.AddOrUpdate(key, 1, (_, count) => count + 1) < 3
                    ? Results.StatusCode(503)
                    : Results.Json(new { tries = _counts[key] })
        );
        _server.MapGet("/v1/large", () => Results.Text(new string('x', 3_000_000)));
        _server.MapGet("/v1/image", () => Results.Bytes([0x89, 0x50, 0, 1], "image/png"));
        _server.MapGet(
            "/v1/telling",
            (HttpRequest request) => Results.Bytes([0, .. Encoding.UTF8.GetBytes(request.Headers.Authorization!)], "image/png")
        );
        _server.Map("/v1/{**rest}", EchoAsync);
        await _server.StartAsync();
        Server = new(_server.Urls.Single());
        _replica = platform.StartApi(("Tools:Http:AllowedHosts:0", $"127.0.0.1:{Server.Port}"));
    }

    public int Count(string key) => _counts.GetValueOrDefault(key);

    /// <summary>Puts a document where it can be fetched.</summary>
    public Uri Publish(string name, string document)
    {
        _documents[name] = document;
        return new(Server, $"/documents/{name}");
    }

    internal async Task<ApiClient> NewMemberAsync() => (await platform.NewMemberAsync()).At(Replica);

    internal async Task<ApiClient> NewAdminAsync() => (await platform.NewAdminAsync()).At(Replica);

    /// <summary>Imports a document whose API is the server.</summary>
    internal async Task<JsonNode> ImportAsync(ApiClient client, string name, string spec, object? credential = null) =>
        (
            await client.PostAsync(
                "/tools/imports",
                new
                {
                    name,
                    spec,
                    baseUrl = new Uri(Server, "/v1").AbsoluteUri,
                    credential,
                }
            )
        ).Expect(HttpStatusCode.Created);

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsJsonAsync(
            new
            {
                method = context.Request.Method,
                target = context.Features.Get<IHttpRequestFeature>()!.RawTarget,
                headers = context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
                body = await reader.ReadToEndAsync(),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _server.DisposeAsync();
    }
}
