using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.Http;

/// <summary>The OpenAPI document, as generators of clients read it.</summary>
public sealed class ApiDescriptionTests(Platform platform)
{
    [Fact]
    public async Task Each_operation_has_a_name_of_its_own_and_tells_its_errors()
    {
        var operations = await ReadAsync();

        Assert.True(operations.Count > 50, $"{operations.Count} operations");
        Assert.All(operations, operation => Assert.Matches("^[a-z][A-Za-z0-9]+$", (string)operation.Value["operationId"]!));
        Assert.Equal(operations.Count, operations.Values.Select(operation => (string)operation["operationId"]!).Distinct().Count());
        foreach (var (place, operation) in operations)
        {
            foreach (var (status, response) in operation["responses"]!.AsObject().Where(response => response.Key[0] is '4' or '5'))
            {
                Assert.True(
                    response!["content"]?["application/problem+json"]?["schema"]?["$ref"] is not null,
                    $"{place} {status} {response.ToJsonString()}"
                );
            }
            Assert.Contains(operation["responses"]!.AsObject(), response => response.Key == "429");
        }
        Assert.Equal("getProjectsById", (string)operations["get /api/v1/projects/{id}"]["operationId"]!);
    }

    [Fact]
    public async Task Signing_in_needs_no_credential_and_headers_are_parameters()
    {
        var operations = await ReadAsync();
        var login = operations["post /api/v1/auth/login"];
        var execute = operations["post /api/v1/tools/execute"];

        Assert.True(login["security"]!.AsArray() is [] or [JsonObject { Count: 0 }], login["security"]!.ToJsonString());
        Assert.Null(execute["security"]);
        Assert.Equal(
            ["Cache-Control", "Idempotency-Key", "Prefer"],
            execute["parameters"]!.AsArray().Select(parameter => (string)parameter!["name"]!).Order(StringComparer.Ordinal)
        );
        Assert.True(execute["responses"]!.AsObject().ContainsKey("202"), execute["responses"]!.ToJsonString());
    }

    private async Task<Dictionary<string, JsonNode>> ReadAsync()
    {
        using var client = platform.NewStranger();
        var document = (await client.GetAsync("//openapi/v1.json")).Expect(HttpStatusCode.OK);
        return document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => ($"{operation.Key} {path.Key}", operation.Value!)))
            .ToDictionary(operation => operation.Item1, operation => operation.Item2);
    }
}
