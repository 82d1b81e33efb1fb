using System.Net;
using System.Text;
using SwePlatform.Tests.Builders;
using Xunit;

namespace SwePlatform.Tests.Features.Imports;

/// <summary>Documents of all versions, and documents that mean harm.</summary>
public sealed class ToolImportDocumentTests(ImportBench bench) : IClassFixture<ImportBench>
{
    private const string Recent = """
        {"openapi":"3.2.0","info":{"title":"Recent","version":"1"},
         "servers":[{"url":"http://{host}/v1","variables":{"host":{"default":"HOST"}}}],
         "paths":{"/find":{
            "query":{"operationId":"find","requestBody":{"content":{"application/json":
              {"schema":{"type":"object","properties":{"q":{"const":"x"}}}}}}},
            "get":{"operationId":"plain","parameters":[{"in":"querystring","content":{"application/x-www-form-urlencoded":
              {"schema":{"type":"object","properties":{"a":{"type":"integer"}}}}}}]},
            "additionalOperations":{"COPY":{"operationId":"copy"},"bad method":{"operationId":"bad"}}}}}
        """;

    // With single quotes for double ones.
    private static string Document(string paths, string more = "") =>
        $"{{'openapi':'3.0.0','info':{{'title':'T','version':'1'}},'paths':{{{paths}}}{more}}}".Replace('\'', '"');

    private async Task<Answer> ImportAsync(string spec)
    {
        using var client = await bench.NewMemberAsync();
        return await client.PostAsync(
            "/tools/imports",
            new
            {
                name = "doc",
                spec,
                baseUrl = new Uri(bench.Server, "/v1"),
            }
        );
    }

    [Fact]
    public async Task What_is_new_in_3_2_works()
    {
        using var client = await bench.NewMemberAsync();
        var spec = Recent.Replace("HOST", bench.Server.Authority, StringComparison.Ordinal);

        var import = (await client.PostAsync("/tools/imports", new { name = "recent", spec })).Expect(HttpStatusCode.Created);
        var find = (await client.ExecuteAsync("recent.find", null, new { body = new { q = "x" } })).Expect(HttpStatusCode.OK)["result"]![
            "body"
        ]!;
        var copy = (await client.ExecuteAsync("recent.copy", null)).Expect(HttpStatusCode.OK)["result"]!["body"]!;
        var plain = (await client.ExecuteAsync("recent.plain", null, new { query = new { a = 1 } })).Expect(HttpStatusCode.OK)["result"]![
            "body"
        ]!;

        Assert.Equal((3, 1), ((int)import["toolCount"]!, (int)import["skippedCount"]!));
        Assert.Equal(("QUERY", """{"q":"x"}"""), ((string)find["method"]!, (string)find["body"]!));
        Assert.Equal("COPY", (string)copy["method"]!);
        Assert.Equal("/v1/find?a=1", (string)plain["target"]!);
    }

    [Theory]
    [InlineData("swagger: '2.0'", "Swagger 2.0")]
    [InlineData("openapi: 4.0.0", "not supported")]
    [InlineData("just text", "no object")]
    [InlineData("{\"openapi\": \"3.0.0\", ", "not valid")]
    [InlineData("openapi: 3.0.0", "no operations")]
    [InlineData("openapi: 3.0.0\npaths: *nowhere", "anchor")]
    [InlineData("openapi: 3.0.0\nopenapi: 3.0.0", "twice")]
    [InlineData("{\"openapi\":\"3.0.0\",\"paths\":{\"/a\":{\"get\":{\"summary\":\"\\ud800\"}}}}", "Unicode")]
    [InlineData("{\"openapi\":\"3.0.0\",\"paths\":{\"/a\":{\"$ref\":\"#/paths/~1a\"}}}", "circles")]
    public async Task What_is_no_document_is_refused_with_the_reason(string spec, string reason) =>
        Assert.Contains(reason, (await ImportAsync(spec)).ExpectFieldError("spec"), StringComparison.Ordinal);

    [Fact]
    public async Task Aliases_that_grow_without_end_are_refused()
    {
        var bomb = new StringBuilder("openapi: 3.0.0\nx0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
        for (var i = 1; i < 12; i++)
        {
            bomb.Append($"x{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        Assert.Contains("aliases", (await ImportAsync(bomb.ToString())).ExpectFieldError("spec"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    public async Task Deep_documents_are_refused(string open, string close)
    {
        var deep = new StringBuilder("openapi: 3.0.0\npaths: ")
            .Insert(0, "")
            .Append(string.Concat(Enumerable.Repeat(open, 50_000)))
            .Append(string.Concat(Enumerable.Repeat(close, 50_000)));

        (await ImportAsync(deep.ToString())).ExpectFieldError("spec");
    }

    [Fact]
    public async Task Schemas_that_run_in_circles_neither_hang_nor_crash()
    {
        using var client = await bench.NewMemberAsync();
        var all = string.Join(',', Enumerable.Repeat("{'$ref':'#/components/schemas/A'}", 30));
        await bench.ImportAsync(
            client,
            "circles",
            Document(
                "'/a':{'post':{'operationId':'a','requestBody':{'content':{'application/json':"
                    + "{'schema':{'$ref':'#/components/schemas/A'}}}}}}",
                $",'components':{{'schemas':{{'A':{{'anyOf':[{all}],'allOf':[{all}],'properties':{{'x':{{'anyOf':[{all}]}}}},"
                    + "'pattern':'(a+)+$'}}}"
            )
        );

        var answer = await client.ExecuteAsync(
            "circles.a",
            null,
            new { body = new { x = new { x = new { x = new { x = new string('a', 50) + "!" } } } } }
        );

        Assert.True((bool)answer.Expect(HttpStatusCode.OK)["success"]!);
    }

    [Fact]
    public async Task Names_are_plain_short_and_each_only_once()
    {
        var id = new string('x', 100);
        var import = (
            await ImportAsync(
                Document(
                    "'/a':{'get':{'operationId':'list all.things'},'put':{'operationId':'list/all things'},"
                        + $"'post':{{'operationId':'{id}1'}},'patch':{{'operationId':'{id}2'}},'delete':{{}}}}"
                )
            )
        ).Expect(HttpStatusCode.Created);

        Assert.Equal(5, (int)import["toolCount"]!);
    }

    [Fact]
    public async Task Paths_that_lead_elsewhere_become_no_tools()
    {
        var import = (
            await ImportAsync(Document("'/../admin':{'get':{}},'//evil.example/x':{'get':{}},'/a/../ok':{'get':{}},'/fine':{'get':{}}"))
        ).Expect(HttpStatusCode.Created);

        Assert.Equal((1, 3), ((int)import["toolCount"]!, (int)import["skippedCount"]!));
    }

    [Fact]
    public async Task A_document_of_several_megabytes_is_taken_and_one_beyond_the_limit_is_not()
    {
        var description = new string('x', 1500);
        var paths = string.Join(
            ',',
            Enumerable.Range(0, 2000).Select(i => $"'/p{i}':{{'get':{{'operationId':'op{i}','description':'{description}'}}}}")
        );

        var import = (await ImportAsync(Document(paths))).Expect(HttpStatusCode.Created);
        var tooLarge = await ImportAsync(new string(' ', 41 * 1024 * 1024));

        Assert.Equal(2000, (int)import["toolCount"]!);
        tooLarge.ExpectProblem(HttpStatusCode.RequestEntityTooLarge);
    }
}
