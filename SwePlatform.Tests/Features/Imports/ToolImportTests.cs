using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Imports;

public sealed class ToolImportTests(ImportBench bench, Platform platform) : IClassFixture<ImportBench>
{
    private const string Pets = """
        openapi: 3.0.3
        info: {title: Pets, version: "1"}
        paths:
          /pets/{petId}:
            parameters:
              - {name: petId, in: path, required: true, schema: {type: integer}}
            get:
              operationId: pets/get
              summary: One pet
              parameters:
                - {name: tags, in: query, schema: {type: array, items: {type: string}}}
                - {name: ids, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}}}
                - {name: filter, in: query, style: deepObject, explode: true, schema: {type: object, additionalProperties: true}}
                - {name: X-Trace, in: header, schema: {type: string}}
                - {name: Authorization, in: header, schema: {type: string}}
            put:
              operationId: pets/put
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Pet'}
          /pets:
            post:
              requestBody:
                content:
                  application/x-www-form-urlencoded:
                    schema: {type: object, properties: {name: {type: string}, meta: {type: object}}}
                    encoding: {meta: {style: deepObject, explode: true}}
          /files:
            post:
              operationId: upload
              requestBody:
                content:
                  multipart/form-data:
                    schema: {type: object, properties: {file: {type: string, format: binary}, purpose: {type: string}}}
          /raw#again:
            post: {operationId: raw, requestBody: {required: true, content: {application/octet-stream: {}}}}
          /elsewhere: {$ref: 'other.yaml'}
        components:
          schemas:
            Pet:
              type: object
              required: [id, name]
              properties:
                id: {type: integer, readOnly: true}
                name: {type: string, nullable: true, maxLength: 5}
                kind: {oneOf: [{type: string, enum: [cat, dog]}, {$ref: '#/components/schemas/Pet'}]}
                parent: {allOf: [{$ref: '#/components/schemas/Pet'}], nullable: true}
                children: {type: array, items: {$ref: '#/components/schemas/Pet'}}
        """;

    private static async Task<JsonNode> CallAsync(ApiClient client, string tool, object arguments)
    {
        var answer = (await client.ExecuteAsync(tool, null, arguments)).Expect(HttpStatusCode.OK);
        Assert.True((bool)answer["success"]!, answer.ToJsonString());
        return answer["result"]!["body"]!;
    }

    [Fact]
    public async Task Every_operation_becomes_a_tool_with_the_schema_of_its_arguments()
    {
        using var client = await bench.NewMemberAsync();

        var import = await bench.ImportAsync(client, "pets", Pets);

        Assert.Equal(5, (int)import["toolCount"]!);
        Assert.Contains("another document", (string)import["skipped"]![0]!["reason"]!, StringComparison.Ordinal);
        var tools = (await client.GetAsync("/tools")).Expect(HttpStatusCode.OK)["tools"]!
            .AsArray()
            .Where(tool => (string)tool!["category"]! == "pets")
            .ToList();
        Assert.Equal(
            ["pets.pets_get", "pets.pets_put", "pets.post_pets", "pets.raw", "pets.upload"],
            tools.Select(tool => (string)tool!["name"]!)
        );
        var put = tools.Single(tool => (string)tool!["name"]! == "pets.pets_put")!;
        Assert.False((bool)put["annotations"]!["readOnly"]!);
        Assert.True((bool)put["annotations"]!["idempotent"]!);
        var schema = put["inputSchema"]!;
        Assert.Equal("""["petId","body"]""", schema["required"]!.ToJsonString());
        Assert.Equal("#/$defs/Pet", (string)schema["properties"]!["body"]!["$ref"]!);
        Assert.Equal("""["name"]""", schema["$defs"]!["Pet"]!["required"]!.ToJsonString());
        Assert.Equal("""["string","null"]""", schema["$defs"]!["Pet"]!["properties"]!["name"]!["type"]!.ToJsonString());
    }

    [Fact]
    public async Task A_call_is_written_as_the_document_says()
    {
        using var client = await bench.NewMemberAsync();
        await bench.ImportAsync(client, "pets", Pets);

        var get = await CallAsync(
            client,
            "pets.pets_get",
            new Dictionary<string, object>
            {
                ["petId"] = 7,
                ["tags"] = new[] { "a b", "c&d" },
                ["ids"] = new[] { 1, 2 },
                ["filter"] = new { size = "big", deep = new { x = 1 } },
                ["X-Trace"] = "abc",
            }
        );
        var put = await CallAsync(
            client,
            "pets.pets_put",
            new { petId = 1, body = new { name = (string?)null, kind = new { name = "x" } } }
        );
        var form = await CallAsync(client, "pets.post_pets", new { body = new { name = "A&B", meta = new { k = "v" } } });
        var upload = await CallAsync(client, "pets.upload", new { body = new { file = "content", purpose = "test" } });
        var raw = await CallAsync(client, "pets.raw", new { body = Convert.ToBase64String("bytes"u8) });

        Assert.Equal("/v1/pets/7?tags=a%20b&tags=c%26d&ids=1%7C2&filter%5Bsize%5D=big&filter%5Bdeep%5D%5Bx%5D=1", (string)get["target"]!);
        Assert.Equal("abc", (string)get["headers"]!["x-trace"]!);
        Assert.Null(get["headers"]!["authorization"]);
        Assert.Null(get["headers"]!["traceparent"]);
        Assert.Equal("PUT", (string)put["method"]!);
        Assert.Equal("""{"name":null,"kind":{"name":"x"}}""", (string)put["body"]!);
        Assert.Equal("name=A%26B&meta%5Bk%5D=v", (string)form["body"]!);
        Assert.Contains("filename=\"file\"", (string)upload["body"]!, StringComparison.Ordinal);
        Assert.Equal(("/v1/raw", "bytes"), ((string)raw["target"]!, (string)raw["body"]!));
    }

    [Theory]
    [InlineData("""{"petId": "x"}""", "arguments.petId")]
    [InlineData("""{}""", "arguments.petId")]
    [InlineData("""{"petId": 1, "other": 1}""", "arguments.other")]
    [InlineData("""{"petId": 1, "body": {}}""", "arguments.body.name")]
    [InlineData("""{"petId": 1, "body": {"name": "too long"}}""", "arguments.body.name")]
    [InlineData("""{"petId": 1, "body": {"name": "x", "children": [{"name": 1}]}}""", "arguments.body.children[0].name")]
    [InlineData("""{"petId": 1, "body": {"name": "x", "kind": "cow"}}""", "arguments.body.kind")]
    public async Task Arguments_that_break_the_schema_are_refused_by_field(string arguments, string field)
    {
        using var client = await bench.NewMemberAsync();
        await bench.ImportAsync(client, "pets", Pets);

        (await client.ExecuteAsync("pets.pets_put", null, JsonNode.Parse(arguments))).ExpectFieldError(field);
    }

    [Fact]
    public async Task A_refresh_shows_what_changed_and_a_dry_one_changes_nothing()
    {
        using var client = await bench.NewMemberAsync();
        var name = $"r{Guid.CreateVersion7():N}.yaml";
        var address = bench.Publish(name, Pets);
        var id = (string)
            (
                await client.PostAsync(
                    "/tools/imports",
                    new
                    {
                        name = "pets",
                        specUrl = address,
                        baseUrl = new Uri(bench.Server, "/v1"),
                    }
                )
            ).Expect(HttpStatusCode.Created)["id"]!;
        bench.Publish(
            name,
            Pets.Replace("operationId: upload", "operationId: send", StringComparison.Ordinal)
                .Replace("One pet", "A pet", StringComparison.Ordinal)
        );

        var dry = (await client.PostAsync($"/tools/imports/{id}/refresh?dryRun=true")).Expect(HttpStatusCode.OK);
        (await client.PostAsync($"/tools/imports/{id}/refresh?dryRun=true", new { spec = (string?)null })).Expect(HttpStatusCode.OK);
        (await client.GetAsync("/tools/pets.upload")).Expect(HttpStatusCode.OK);
        var done = (await client.PostAsync($"/tools/imports/{id}/refresh")).Expect(HttpStatusCode.OK);
        bench.Publish(name, "nothing: here");
        (await client.PostAsync($"/tools/imports/{id}/refresh")).ExpectFieldError("specUrl");

        Assert.Equal(done["added"]!.ToJsonString(), dry["added"]!.ToJsonString());
        Assert.Equal("""["pets.send"]""", done["added"]!.ToJsonString());
        Assert.Equal("""["pets.upload"]""", done["removed"]!.ToJsonString());
        Assert.Equal("""["pets.pets_get"]""", done["changed"]!.ToJsonString());
        Assert.Equal(3, done["unchanged"]!.AsArray().Count);
        (await client.GetAsync("/tools/pets.send")).Expect(HttpStatusCode.OK);
        (await client.GetAsync("/tools/pets.upload")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Tools_are_their_owners_until_an_administrator_shares_them()
    {
        using var owner = await bench.NewMemberAsync();
        using var other = await bench.NewMemberAsync();
        using var admin = await bench.NewAdminAsync();
        var name = $"s{Guid.CreateVersion7():N}"[..20];
        var id = (string)(await bench.ImportAsync(owner, name, Pets))["id"]!;

        (await other.GetAsync($"/tools/{name}.pets_get")).Expect(HttpStatusCode.NotFound);
        (await other.GetAsync($"/tools/imports/{id}")).Expect(HttpStatusCode.NotFound);
        (await other.DeleteAsync($"/tools/imports/{id}")).Expect(HttpStatusCode.NotFound);
        (await owner.PatchAsync($"/tools/imports/{id}", new { shared = true })).ExpectProblem(HttpStatusCode.Forbidden);
        (await admin.PatchAsync($"/tools/imports/{id}", new { shared = true })).Expect(HttpStatusCode.OK);

        Assert.Equal("GET", (string)(await CallAsync(other, $"{name}.pets_get", new { petId = 1 }))["method"]!);
        (await other.DeleteAsync($"/tools/imports/{id}")).Expect(HttpStatusCode.NotFound);
        (
            await other.PostAsync(
                "/tools/imports",
                new
                {
                    name,
                    spec = Pets,
                    baseUrl = bench.Server,
                }
            )
        ).ExpectProblem(HttpStatusCode.Conflict);
        (await owner.DeleteAsync($"/tools/imports/{id}")).Expect(HttpStatusCode.NoContent);
        (await other.GetAsync($"/tools/{name}.pets_get")).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("projects")]
    [InlineData("Upper")]
    [InlineData("with_underscore")]
    [InlineData("with.dot")]
    public async Task Names_that_would_be_mistaken_are_refused(string name)
    {
        using var client = await bench.NewMemberAsync();

        (
            await client.PostAsync(
                "/tools/imports",
                new
                {
                    name,
                    spec = Pets,
                    baseUrl = bench.Server,
                }
            )
        ).ExpectFieldError("name");
    }

    [Fact]
    public async Task Another_replica_sees_them_come_change_and_go()
    {
        using var client = await bench.NewMemberAsync();
        using var elsewhere = client.At(platform.Address);
        var id = (string)(await bench.ImportAsync(client, "pets", Pets))["id"]!;
        await UntilAsync(elsewhere, "pets.upload", HttpStatusCode.OK);

        (
            await client.PostAsync(
                $"/tools/imports/{id}/refresh",
                new { spec = Pets.Replace("operationId: upload", "operationId: send", StringComparison.Ordinal) }
            )
        ).Expect(HttpStatusCode.OK);
        await UntilAsync(elsewhere, "pets.send", HttpStatusCode.OK);
        (await elsewhere.GetAsync("/tools/pets.upload")).Expect(HttpStatusCode.NotFound);
        (await client.DeleteAsync($"/tools/imports/{id}")).Expect(HttpStatusCode.NoContent);

        await UntilAsync(elsewhere, "pets.send", HttpStatusCode.NotFound);
    }

    private static Task UntilAsync(ApiClient client, string tool, HttpStatusCode status) =>
        Eventually.HoldsAsync(async () => (await client.GetAsync($"/tools/{tool}")).Status == status);
}
