using System.Net;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

public sealed class ExecutionTests(Platform platform)
{
    [Fact]
    public async Task An_execution_is_answered_with_its_receipt_and_can_be_read_again()
    {
        using var client = await platform.NewMemberAsync();
        // Equal trees share results, whoever asks: this one has to be its own.
        var repository = platform.NewRepository().Write("a.txt", $"needle {Guid.CreateVersion7()}\n").Commit();
        var project = await client.AddProjectAsync(repository.Folder);

        var answer = await client.ExecuteAsync("code.search", project, new { query = "needle" });
        var body = answer.Expect(HttpStatusCode.OK);
        var stored = (await client.GetAsync($"/executions/{body["executionId"]}")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            (true, "succeeded", false, repository.Head),
            ((bool)body["success"]!, (string)body["status"]!, (bool)body["cached"]!, (string)body["commit"]!)
        );
        foreach (var part in new[] { "queue", "cache", "prepare", "execute", "serialize", "total" })
        {
            Assert.True((double)body["timings"]![part]! >= 0);
            Assert.Contains($"{part};dur=", string.Join(' ', answer.Headers.GetValues("Server-Timing")), StringComparison.Ordinal);
        }
        Assert.Equal(body["result"]!.ToJsonString(), stored["result"]!.ToJsonString());
        Assert.Equal("needle", (string)stored["arguments"]!["query"]!);
        Assert.Equal(client.UserId, (Guid)stored["userId"]!);
        Assert.NotNull(stored["finishedAt"]);
    }

    [Fact]
    public async Task A_large_result_is_stored_beside_its_row()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("a.txt", string.Concat(Enumerable.Repeat("a line of text\n", 10_000))).Commit().Folder
        );

        var body = (await client.ExecuteAsync("files.read", project, new { path = "a.txt" })).Expect(HttpStatusCode.OK);
        var stored = (await client.GetAsync($"/executions/{body["executionId"]}")).Expect(HttpStatusCode.OK);
        var output = (await client.GetAsync($"/executions/{body["executionId"]}/output")).Expect(HttpStatusCode.OK);

        Assert.Null(stored["result"]);
        Assert.Equal($"/api/v1/executions/{body["executionId"]}/output", (string)stored["outputUrl"]!);
        Assert.Equal(body["result"]!.ToJsonString(), output.ToJsonString());
    }

    [Fact]
    public async Task Executions_are_listed_newest_first_by_filter_and_cursor()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        var ids = new List<string>();
        for (var run = 0; run < 5; run++)
        {
            ids.Insert(
                0,
                (string)(await client.ExecuteAsync(run < 3 ? "files.list" : "git.log", project)).Expect(HttpStatusCode.OK)["executionId"]!
            );
        }
        await client.ExecuteAsync("files.read", project, new { path = "missing" });

        var failed = (await client.GetAsync("/executions?status=failed")).Expect(HttpStatusCode.OK);
        var lists = (await client.GetAsync($"/executions?toolName=files.list&projectId={project}")).Expect(HttpStatusCode.OK);
        var first = (await client.GetAsync("/executions?status=succeeded&limit=2")).Expect(HttpStatusCode.OK);
        var second = (await client.GetAsync($"/executions?status=succeeded&limit=2&cursor={first["cursor"]}")).Expect(HttpStatusCode.OK);
        var third = (await client.GetAsync($"/executions?status=succeeded&limit=2&cursor={second["cursor"]}")).Expect(HttpStatusCode.OK);

        Assert.Equal("not_found", (string)failed["items"]!.AsArray().Single()!["error"]!["code"]!);
        Assert.Equal(3, (int)lists["total"]!);
        Assert.Equal(ids, new[] { first, second, third }.SelectMany(page => page["items"]!.AsArray()).Select(item => (string)item!["id"]!));
        Assert.Null(third["cursor"]);
        (await client.GetAsync("/executions?status=done")).ExpectFieldError("status");
        (await client.GetAsync("/executions?cursor=x")).ExpectFieldError("cursor");
    }

    [Fact]
    public async Task Another_users_execution_is_not_found_but_administrators_see_it()
    {
        using var client = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();
        using var admin = await platform.NewAdminAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        var id = (await client.ExecuteAsync("files.list", project)).Expect(HttpStatusCode.OK)["executionId"];

        (await other.GetAsync($"/executions/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await other.GetAsync($"/executions/{id}/output")).ExpectProblem(HttpStatusCode.NotFound);
        (await admin.GetAsync($"/executions/{id}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused_before_it_becomes_an_execution()
    {
        using var client = await platform.NewMemberAsync();

        (await client.ExecuteAsync("no.such.tool", Guid.CreateVersion7())).ExpectProblem(HttpStatusCode.NotFound);
        (await client.ExecuteAsync("files.list", Guid.CreateVersion7())).ExpectProblem(HttpStatusCode.NotFound);
        (await client.ExecuteAsync("files.list", null)).ExpectFieldError("projectId");
        Assert.Equal(0, (int)(await client.GetAsync("/executions")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task Every_tool_is_described_with_a_schema_that_allows_nothing_else()
    {
        using var client = await platform.NewMemberAsync();

        var tools = (await client.GetAsync("/tools")).Expect(HttpStatusCode.OK)["tools"]!
            .AsArray()
            .Where(tool => (string)tool!["category"]! != "test")
            .ToList();

        Assert.Superset(
            new HashSet<string>
            {
                "code.duplicates",
                "code.hotspots",
                "code.outline",
                "code.search",
                "code.stats",
                "deps.list",
                "files.list",
                "files.read",
                "git.blame",
                "git.branches",
                "git.diff",
                "git.log",
                "git.show",
            },
            tools.Select(tool => (string)tool!["name"]!).ToHashSet()
        );
        foreach (var tool in tools)
        {
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string)tool!["inputSchema"]!["$schema"]!);
            Assert.False((bool)tool["inputSchema"]!["additionalProperties"]!);
            Assert.All(tool["inputSchema"]!["properties"]?.AsObject() ?? [], property => Assert.NotNull(property.Value!["description"]));

            Assert.Equal(((string)tool["name"]!).Split('.')[0], (string)tool["category"]!);
            Assert.Equal(tool.ToJsonString(), (await client.GetAsync($"/tools/{tool["name"]}")).Expect(HttpStatusCode.OK).ToJsonString());
        }
    }

    [Fact]
    public async Task Many_at_once_all_get_their_own_answer()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        for (var file = 0; file < 40; file++)
        {
            repository.Write($"{file}.txt", $"needle-{file}-\n");
        }
        var project = await client.AddProjectAsync(repository.Commit().Folder);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(file => client.RunAsync("code.search", project, new { query = $"needle-{file}-" }))
        );

        Assert.Equal(
            Enumerable.Range(0, 40).Select(file => $"{file}.txt"),
            answers.Select(answer => (string)answer["matches"]!.AsArray().Single()!["path"]!)
        );
    }
}
