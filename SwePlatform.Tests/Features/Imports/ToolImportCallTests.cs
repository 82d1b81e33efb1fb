using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Imports;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Imports;

/// <summary>What calls may do, what they may not, and where the credential goes.</summary>
public sealed class ToolImportCallTests(ImportBench bench, Platform platform) : IClassFixture<ImportBench>
{
    private const string Secret = "s3cret-token-of-the-api";

    private const string Things = """
        {"openapi":"3.1.0","info":{"title":"Things","version":"1"},
         "paths":{
          "/things/{path}":{"get":{"operationId":"get","parameters":[
             {"name":"path","in":"path","required":true,"schema":{"type":["string","null"]}},
             {"name":"X-Note","in":"header","schema":{"type":"string"}},
             {"name":"Host","in":"header","schema":{"type":"string"}},{"name":"Content-Length","in":"header","schema":{"type":"string"}}]}},
          "/a{x}{y}/b":{"get":{"operationId":"pair"}},
          "/status/{code}":{"get":{"operationId":"status","parameters":[
             {"name":"code","in":"path","required":true,"schema":{"type":"integer"}}]}},
          "/flaky/{key}":{"get":{"operationId":"flaky"},"post":{"operationId":"flakyPost"}},
          "/large":{"get":{"operationId":"large"}}},
         "components":{"securitySchemes":{"key":{"type":"apiKey","in":"header","name":"X-Api-Token"}}}}
        """;

    private async Task<(ApiClient Client, string Id)> ImportAsync(object? credential = null)
    {
        var client = await bench.NewMemberAsync();
        return (client, (string)(await bench.ImportAsync(client, "things", Things, credential))["id"]!);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../../admin")]
    [InlineData("a/../../b")]
    [InlineData("..%2fadmin")]
    [InlineData("..\\admin")]
    [InlineData("..;/admin")]
    [InlineData("")]
    public async Task A_value_cannot_lead_out_of_its_place_in_the_path(string path)
    {
        var (client, _) = await ImportAsync();

        (await client.ExecuteAsync("things.get", null, new { path })).ExpectFieldError("arguments.path");
        client.Dispose();
    }

    [Fact]
    public async Task Two_values_together_cannot_either()
    {
        var (client, _) = await ImportAsync();

        var answer = (await client.ExecuteAsync("things.get", null, new { path = "a/b?c#d@e" })).Expect(HttpStatusCode.OK);

        Assert.Equal("/v1/things/a%2Fb%3Fc%23d%40e", (string)answer["result"]!["body"]!["target"]!);
        (
            await client.ExecuteAsync("things.get", null, new Dictionary<string, object> { ["path"] = "a", ["X-Note"] = "a\r\nHost: evil" })
        ).ExpectFieldError("arguments.X-Note");
        (await client.ExecuteAsync("things.get", null, new { path = "a", host = "evil" })).ExpectFieldError("arguments.host");
        (await client.ExecuteAsync("things.pair", null, new { x = ".", y = "." })).ExpectFieldError("arguments.x");
        client.Dispose();
    }

    [Fact]
    public async Task The_credential_goes_to_the_server_and_nowhere_else()
    {
        var (client, id) = await ImportAsync(new { type = "bearer", token = Secret });

        var echoed = (await client.ExecuteAsync("things.get", null, new { path = "a" })).Expect(HttpStatusCode.OK);
        var failed = (await client.ExecuteAsync("things.status", null, new { code = 403 })).Expect(HttpStatusCode.OK);
        var shown = (await client.GetAsync($"/tools/imports/{id}")).Expect(HttpStatusCode.OK);
        var list = (await client.GetAsync("/tools/imports")).Expect(HttpStatusCode.OK);

        Assert.Equal("Bearer ***", (string)echoed["result"]!["body"]!["headers"]!["authorization"]!);
        Assert.Equal("http_status", (string)failed["error"]!["code"]!);
        Assert.Contains("answered 403. {\"message\":\"no, Bearer ***\"}", (string)failed["error"]!["message"]!, StringComparison.Ordinal);
        Assert.True((bool)shown["hasCredential"]!);
        Assert.DoesNotContain(
            Secret,
            echoed.ToJsonString() + failed.ToJsonString() + shown.ToJsonString() + list.ToJsonString(),
            StringComparison.Ordinal
        );
        await using var scope = platform.Services.CreateAsyncScope();
        var stored = await scope
            .ServiceProvider.GetRequiredService<SweDbContext>()
            .ToolImports.SingleAsync(import => import.Id == Guid.Parse(id), TestContext.Current.CancellationToken);
        Assert.True(stored.Credential.AsSpan().IndexOf("s3cret"u8) < 0);
        client.Dispose();
    }

    [Fact]
    public async Task A_credential_is_not_taken_along_to_another_server()
    {
        var (client, id) = await ImportAsync(new { type = "api_key", token = Secret });

        (await client.PatchAsync($"/tools/imports/{id}", new { baseUrl = "https://example.com" })).ExpectFieldError("credential");
        var moved = (await client.PatchAsync($"/tools/imports/{id}", new { baseUrl = new Uri(bench.Server, "/v1/deeper") })).Expect(
            HttpStatusCode.OK
        );
        var echoed = (await client.ExecuteAsync("things.get", null, new { path = "a" })).Expect(HttpStatusCode.OK);
        (await client.PatchAsync($"/tools/imports/{id}", new { removeCredential = true })).Expect(HttpStatusCode.OK);
        var bare = (await client.ExecuteAsync("things.get", null, new { path = "a" })).Expect(HttpStatusCode.OK);

        Assert.True((bool)moved["hasCredential"]!);
        Assert.Equal("/v1/deeper/things/a", (string)echoed["result"]!["body"]!["target"]!);
        Assert.Equal("***", (string)echoed["result"]!["body"]!["headers"]!["x-api-token"]!);
        Assert.Null(bare["result"]!["body"]!["headers"]!["x-api-token"]);
        client.Dispose();
    }

    [Fact]
    public async Task Only_what_may_be_repeated_is_tried_again()
    {
        var (client, _) = await ImportAsync();
        string read = $"g{Guid.CreateVersion7():N}",
            write = $"p{Guid.CreateVersion7():N}";

        var reading = (await client.ExecuteAsync("things.flaky", null, new { key = read })).Expect(HttpStatusCode.OK);
        var writing = (await client.ExecuteAsync("things.flakyPost", null, new { key = write })).Expect(HttpStatusCode.OK);

        Assert.Equal(3, (int)reading["result"]!["body"]!["tries"]!);
        Assert.Equal("http_status", (string)writing["error"]!["code"]!);
        Assert.Equal(1, bench.Count(write));
        client.Dispose();
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_left_alone()
    {
        var (client, _) = await ImportAsync();
        var (last, calls) = ((JsonNode?)null, 0);
        // It is left alone for seconds only, so the first refusal is the one to look at.
        while ((string?)last?["error"]!["code"] != "unreachable" && calls++ < 12)
        {
            last = (await client.ExecuteAsync("things.status", null, new { code = 500 })).Expect(HttpStatusCode.OK);
        }
        using var other = (await ImportAsync()).Client;

        Assert.Equal("unreachable", (string)last!["error"]!["code"]!);
        Assert.Contains("left alone", (string)last["error"]!["message"]!, StringComparison.Ordinal);
        Assert.True((bool)(await other.ExecuteAsync("things.get", null, new { path = "a" })).Expect(HttpStatusCode.OK)["success"]!);
        client.Dispose();
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_says_so()
    {
        var (client, _) = await ImportAsync();

        var result = (await client.ExecuteAsync("things.large", null)).Expect(HttpStatusCode.OK)["result"]!;

        Assert.True((bool)result["truncated"]!);
        Assert.Equal(1024 * 1024, ((string)result["body"]!).Length);
        client.Dispose();
    }
}
