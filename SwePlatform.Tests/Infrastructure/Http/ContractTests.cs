using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Infrastructure.Http;

/// <summary>What holds for every endpoint: how errors look, what is refused before a feature sees it.</summary>
public sealed class ContractTests(Platform platform)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"surprise\":1}")]
    public async Task Every_endpoint_with_a_body_refuses_garbage(string garbage)
    {
        using var client = await platform.NewAdminAsync();
        var paths = (await client.GetAsync("//openapi/v1.json")).Expect(HttpStatusCode.OK)["paths"]!.AsObject();
        var withBody = paths
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Where(method => method.Value!["requestBody"] is not null)
                    .Select(method =>
                        (
                            Path: path.Key.Replace("{id}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal),
                            Method: new HttpMethod(method.Key.ToUpperInvariant())
                        )
                    )
            )
            .ToList();
        Assert.True(withBody.Count >= 9, $"Only {withBody.Count} endpoints take a body.");

        foreach (var (path, method) in withBody)
        {
            // A logout needs no body; that of this client would end its session. Nor does the refresh of an import.
            if (
                (
                    path.EndsWith("/logout", StringComparison.Ordinal)
                    || (path.Contains("/imports/", StringComparison.Ordinal) && path.EndsWith("/refresh", StringComparison.Ordinal))
                ) && garbage is "" or "null"
            )
            {
                continue;
            }
            var answer = await client.SendAsync(method, "/" + path, new StringContent(garbage, Encoding.UTF8, "application/json"));
            answer.ExpectProblem(HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [InlineData("/auth/login", "{\"email\":\"a\\u0000@example.com\",\"password\":\"x\"}")]
    [InlineData("/auth/register", "{\"email\":\"a\\u0000@example.com\",\"password\":\"a-good-long-password\"}")]
    [InlineData("/api-keys", "{\"name\":\"a\\u0000b\"}")]
    [InlineData("/api-keys", "{\"name\":\"\\ud800\"}")]
    [InlineData("/tools/execute", "{\"toolName\":\"code.search\",\"arguments\":{\"query\":\"\\ud800\"}}")]
    [InlineData("/projects", "{\"name\":\"a\",\"name\":\"b\",\"repositoryUrl\":\"/x\"}")]
    public async Task Text_that_no_store_can_hold_and_members_named_twice_are_refused(string path, string body)
    {
        using var client = await platform.NewMemberAsync();

        (await client.SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"))).ExpectProblem(
            HttpStatusCode.BadRequest
        );
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        using var client = await platform.NewMemberAsync();
        byte[] body = [.. "{\"toolName\":\"code.search\",\"arguments\":{\"query\":\""u8, 0xFF, 0xFE, .. "\"}}"u8];
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        (await client.SendAsync(HttpMethod.Post, "/tools/execute", content)).ExpectProblem(HttpStatusCode.BadRequest);

        (await client.GetAsync("/executions?toolName=%00")).ExpectProblem(HttpStatusCode.BadRequest);
        (await client.GetAsync("/audit/logs?eventType=%00")).ExpectProblem(HttpStatusCode.BadRequest);
        var odd = new ByteArrayContent("{}"u8.ToArray());
        odd.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=bogus");
        (await client.SendAsync(HttpMethod.Post, "/projects", odd)).ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_missing_member_is_named()
    {
        using var client = await platform.NewMemberAsync();

        var answer = await client.PostAsync("/projects", new { });

        answer.ExpectFieldError("name");
        answer.ExpectFieldError("repositoryUrl");
    }

    [Fact]
    public async Task An_unknown_member_is_named()
    {
        using var client = await platform.NewMemberAsync();

        (
            await client.PostAsync(
                "/projects",
                new
                {
                    name = "p",
                    repositoryUrl = "https://example.com/p",
                    colour = "red",
                }
            )
        ).ExpectFieldError("colour");
    }

    [Fact]
    public async Task A_member_of_the_wrong_type_is_named()
    {
        using var client = await platform.NewMemberAsync();

        (await client.PostAsync("/projects", new { name = 3, repositoryUrl = "https://example.com/p" })).ExpectFieldError("name");
    }

    [Fact]
    public async Task A_body_over_1_MiB_is_refused()
    {
        using var client = await platform.NewMemberAsync();
        var body = new JsonObject { ["name"] = new string('x', 1024 * 1024), ["repositoryUrl"] = "https://example.com/p" };

        (await client.PostAsync("/projects", body)).ExpectProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_over_1_MiB_that_does_not_say_so_is_refused_too()
    {
        using var client = await platform.NewMemberAsync();
        // A client of HTTP may fail to send the end of the body, as the server has stopped listening, and then reads no answer.
        using var socket = new TcpClient();
        await socket.ConnectAsync(platform.Address.Host, platform.Address.Port, Cancel);
        var body = "{\"name\":\"" + new string('x', 1024 * 1024);
        await socket
            .GetStream()
            .WriteAsync(
                Encoding.UTF8.GetBytes(
                    $"POST /api/v1/projects HTTP/1.1\r\nHost: {platform.Address.Authority}\r\n"
                        + $"Authorization: {client.Http.DefaultRequestHeaders.Authorization}\r\n"
                        + $"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}"
                ),
                Cancel
            );

        using var reader = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_refused()
    {
        using var client = await platform.NewMemberAsync();
        var form = new StringContent("name=p");
        form.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        (await client.SendAsync(HttpMethod.Post, "/projects", form)).ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=ten", "Limit")]
    [InlineData("skip=-1", "skip")]
    public async Task Lists_refuse_pages_that_are_none(string query, string field)
    {
        using var client = await platform.NewMemberAsync();

        foreach (var list in new[] { "/projects", "/executions", "/audit/logs", "/api-keys" })
        {
            (await client.GetAsync($"{list}?{query}")).ExpectFieldError(char.ToLowerInvariant(field[0]) + field[1..]);
        }
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_too()
    {
        using var client = await platform.NewMemberAsync();

        (await client.GetAsync("/nothing")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync("/tools/no.such.tool")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.DeleteAsync("/projects")).ExpectProblem(HttpStatusCode.MethodNotAllowed);
        (await client.GetAsync("/projects/not-an-id")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Another_users_project_is_not_found_by_any_way()
    {
        using var owner = await platform.NewMemberAsync();
        using var stranger = await platform.NewMemberAsync();
        var project = await owner.AddProjectAsync(platform.NewRepository().Write("a.txt", "a").Commit().Folder);

        (await stranger.GetAsync($"/projects/{project}")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.PatchAsync($"/projects/{project}", new { name = "mine" })).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/projects/{project}/sync")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.DeleteAsync($"/projects/{project}")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.ExecuteAsync("files.list", project)).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(0, (int)(await stranger.GetAsync("/projects")).Expect(HttpStatusCode.OK)["total"]!);
        (await owner.GetAsync($"/projects/{project}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_and_the_description_of_the_api_are_served()
    {
        using var client = await platform.NewMemberAsync();

        Assert.Contains(
            "# TYPE target_info gauge",
            (string)(await client.GetAsync("//metrics")).Expect(HttpStatusCode.OK)!,
            StringComparison.Ordinal
        );
        Assert.Contains("scalar", (string)(await client.GetAsync("//scalar/v1")).Expect(HttpStatusCode.OK)!, StringComparison.Ordinal);
    }
}
