using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using Xunit;

namespace SwePlatform.Tests.Features.Imports;

/// <summary>Bodies that are not JSON, both ways, and what callers are told about names and credentials.</summary>
public sealed class ToolImportBodyTests(ImportBench bench) : IClassFixture<ImportBench>
{
    private const string Document = """
        openapi: 3.0.3
        security: [{key: []}, {token: []}]
        paths:
          /files:
            post:
              operationId: upload
              requestBody:
                content:
                  multipart/form-data:
                    schema:
                      type: object
                      properties:
                        file: {type: string, format: binary}
                        more: {type: array, items: {type: string, format: binary}}
                        purpose: {type: string}
          /orders:
            post:
              operationId: order
              parameters:
                - {name: "filter[name]", in: query, description: Whose., schema: {type: string}}
              requestBody:
                content:
                  application/xml:
                    schema: {$ref: '#/components/schemas/Order'}
          /feeds:
            post: {operationId: feed, requestBody: {content: {application/atom+xml: {}}}}
          /image: {get: {operationId: image}}
          /telling: {get: {operationId: telling}}
          /status/401: {get: {operationId: refused}}
          /status/403: {get: {operationId: open, security: []}}
        components:
          securitySchemes:
            key: {type: apiKey, in: header, name: X-Key}
            token: {type: http, scheme: Bearer}
          schemas:
            Order:
              type: object
              xml: {name: order, namespace: 'urn:shop'}
              properties:
                id: {type: integer, xml: {attribute: true}}
                note: {type: string}
                lines:
                  type: array
                  xml: {wrapped: true}
                  items: {type: object, xml: {name: line}, properties: {sku: {type: string}}}
                tags: {type: array, items: {type: string, xml: {name: tag}}}
        """;

    [Fact]
    public async Task Files_are_sent_as_text_or_as_bytes_with_name_and_type()
    {
        using var client = await NewImportAsync();

        var upload = await CallAsync(
            client,
            "shop.upload",
            new
            {
                body = new
                {
                    file = "data:image/png;name=a%20b.png;base64,iVBORw==",
                    more = new[] { "data:,no base64", "data:text/plain;base64,aGk=" },
                    purpose = "data:x;base64,aGk=",
                },
            }
        );
        var sent = (string)upload["body"]!;
        var broken = await ExecuteAsync(client, "shop.upload", new { body = new { file = "data:image/png;base64,§§" } });

        foreach (
            var part in new[]
            {
                "Content-Type: image/png\r\n",
                "name=\"file\"; filename=\"a b.png\"",
                "\r\n\r\n\uFFFDPNG\r\n",
                "Content-Type: text/plain\r\n",
                "name=\"more\"; filename=\"more\"",
                "\r\n\r\nhi\r\n",
            }
        )
        {
            Assert.Contains(part, sent, StringComparison.Ordinal);
        }
        Assert.Contains("\r\n\r\ndata:,no base64\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\ndata:x;base64,aGk=\r\n", sent, StringComparison.Ordinal);
        broken.ExpectFieldError("arguments.body");
        var schema = (await client.GetAsync("/tools/shop.upload")).Expect(HttpStatusCode.OK)["inputSchema"]!;
        Assert.Contains("base64", (string)schema["properties"]!["body"]!["properties"]!["file"]!["description"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_is_written_as_the_xml_that_the_document_describes()
    {
        using var client = await NewImportAsync();

        var made = await CallAsync(
            client,
            "shop.order",
            new
            {
                filter_name = "x",
                body = new
                {
                    note = "a < b",
                    lines = new[] { new { sku = "1" }, new { sku = "2" } },
                    tags = new[] { "t", "u" },
                    id = 7,
                },
            }
        );
        var text = await CallAsync(client, "shop.order", new { body = "<order/>" });
        var feed = await CallAsync(client, "shop.feed", new { body = "<feed/>" });

        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><order id=\"7\" xmlns=\"urn:shop\">"
                + "<note>a &lt; b</note><lines><line><sku>1</sku></line>"
                + "<line><sku>2</sku></line></lines><tag>t</tag><tag>u</tag></order>",
            ((string)made["body"]!).Replace(" xmlns=\"\"", "", StringComparison.Ordinal)
        );
        Assert.Equal("application/xml", (string)made["headers"]!["content-type"]!);
        Assert.Equal("<order/>", (string)text["body"]!);
        Assert.Equal(("application/atom+xml", "<feed/>"), ((string)feed["headers"]!["content-type"]!, (string)feed["body"]!));
        (await ExecuteAsync(client, "shop.order", new { body = new Dictionary<string, object> { ["a b"] = 1 } })).ExpectFieldError(
            "arguments.body"
        );
    }

    [Fact]
    public async Task A_parameter_that_was_renamed_is_told_by_its_own_name()
    {
        using var client = await NewImportAsync();

        var schema = (await client.GetAsync("/tools/shop.order")).Expect(HttpStatusCode.OK)["inputSchema"]!;
        var sent = await CallAsync(client, "shop.order", new { filter_name = "x" });

        Assert.Equal("Whose. Sent as 'filter[name]'.", (string)schema["properties"]!["filter_name"]!["description"]!);
        Assert.Equal("/v1/orders?filter%5Bname%5D=x", (string)sent["target"]!);
    }

    [Fact]
    public async Task Bytes_come_back_as_base64_and_agents_are_told_of_them()
    {
        using var client = await NewImportAsync(new { type = "bearer", token = "very-secret-token" });
        await using var agent = await Agent.ConnectAsync(client);

        var image = (await ExecuteAsync(client, "shop.image", new { })).Expect(HttpStatusCode.OK)["result"]!;
        var telling = (await ExecuteAsync(client, "shop.telling", new { })).Expect(HttpStatusCode.OK)["result"]!;
        var told = await agent.ReadAsync("shop_image");

        Assert.Equal("iVAAAQ==", (string)image["bodyBase64"]!);
        Assert.Null(telling["bodyBase64"]);
        Assert.StartsWith("200: image/png, 4 bytes.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("iVAAAQ", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_call_is_told_what_it_lacks()
    {
        using var without = await NewImportAsync();
        using var with = await NewImportAsync(
            new
            {
                type = "basic",
                username = "me",
                password = "secret-password",
            }
        );

        var lacking = await ErrorAsync(without, "shop.refused");
        var other = await ErrorAsync(with, "shop.refused");
        var open = await ErrorAsync(without, "shop.open");

        Assert.Contains(
            "asks for 'key' (an API key in the header 'X-Key') or 'token' (bearer); the import has no credential",
            lacking,
            StringComparison.Ordinal
        );
        Assert.Contains("the import sends its Basic credential.", other, StringComparison.Ordinal);
        Assert.DoesNotContain("asks for", open, StringComparison.Ordinal);
    }

    private async Task<ApiClient> NewImportAsync(object? credential = null)
    {
        var client = await bench.NewMemberAsync();
        await bench.ImportAsync(client, "shop", Document, credential);
        return client;
    }

    private static Task<Answer> ExecuteAsync(ApiClient client, string toolName, object arguments) =>
        client.PostAsync("/tools/execute", new { toolName, arguments });

    private static async Task<string> ErrorAsync(ApiClient client, string toolName) =>
        (string)(await ExecuteAsync(client, toolName, new { })).Expect(HttpStatusCode.OK)["error"]!["message"]!;

    private static async Task<JsonNode> CallAsync(ApiClient client, string toolName, object arguments)
    {
        var answer = (await ExecuteAsync(client, toolName, arguments)).Expect(HttpStatusCode.OK);
        Assert.True((bool)answer["success"]!, answer.ToJsonString());
        return answer["result"]!["body"]!;
    }
}
