using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

/// <summary>The MCP endpoints, through the official client.</summary>
public sealed class McpTests(Platform platform)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_finds_its_tools_and_runs_each_that_reads()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("src/a.cs", "// needle\nclass A;\n").Commit("First");
        var project = await client.AddProjectAsync(repository.Folder);
        await using var mcp = await ConnectAsync(client, "/mcp");

        var tools = (await mcp.ListToolsAsync(cancellationToken: Cancel))
            .Where(tool => !tool.Name.StartsWith("test_", StringComparison.Ordinal))
            .ToList();
        var projects = await CallAsync(mcp, "projects.list", new());

        Assert.Contains("code_search", tools.Select(tool => tool.Name));
        Assert.All(tools, tool => Assert.False(string.IsNullOrEmpty(tool.Description)));
        var search = tools.Single(tool => tool.Name == "code_search");
        Assert.True(search.ProtocolTool.Annotations!.ReadOnlyHint);
        Assert.Equal(["query"], search.JsonSchema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(project.ToString(), (string)projects["projects"]![0]!["id"]!);
        var arguments = new Dictionary<string, Dictionary<string, object?>>
        {
            ["code.search"] = new() { ["query"] = "needle" },
            ["files.read"] = new() { ["path"] = "src/a.cs" },
            ["git.show"] = new() { ["commit"] = "HEAD" },
        };
        foreach (var name in new[] { "code.search", "code.stats", "files.list", "files.read", "git.log", "git.show" })
        {
            Assert.IsType<JsonObject>(
                await CallAsync(mcp, name, new(arguments.GetValueOrDefault(name) ?? []) { ["project"] = project.ToString() })
            );
        }
        // This is how tools are listed.
        Assert.Single(
            (await CallAsync(mcp, "code_search", new() { ["query"] = "needle", ["project"] = project.ToString() }))["matches"]!.AsArray()
        );
    }

    [Fact]
    public async Task An_agent_that_is_bound_to_a_project_need_not_name_it()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "needle\n").Commit().Folder);
        await using var mcp = await ConnectAsync(client, $"/mcp/projects/{project}");

        var tools = await mcp.ListToolsAsync(cancellationToken: Cancel);
        var answer = await mcp.CallToolAsync(
            "code.search",
            new Dictionary<string, object?> { ["query"] = "needle" },
            cancellationToken: Cancel
        );

        Assert.DoesNotContain("projects_list", tools.Select(tool => tool.Name));
        Assert.All(tools, tool => Assert.DoesNotContain("\"project\"", tool.JsonSchema.GetRawText(), StringComparison.Ordinal));
        Assert.Contains("a.txt", Text(answer), StringComparison.Ordinal);
        foreach (var part in new[] { "queue", "cache", "prepare", "execute", "serialize", "total" })
        {
            Assert.True((double)answer.Meta!["timings"]![part]! >= 0);
        }
        Assert.Equal(
            client.UserId,
            (Guid)(await client.GetAsync($"/executions/{answer.Meta!["executionId"]}")).Expect(HttpStatusCode.OK)["userId"]!
        );
    }

    [Fact]
    public async Task A_project_of_somebody_else_is_not_there()
    {
        using var owner = await platform.NewMemberAsync();
        using var stranger = await platform.NewMemberAsync();
        var project = await owner.AddProjectAsync(platform.NewRepository().Write("a.txt", "needle\n").Commit().Folder);
        await using var bound = await ConnectAsync(stranger, $"/mcp/projects/{project}");
        await using var free = await ConnectAsync(stranger, "/mcp");

        await Assert.ThrowsAsync<McpProtocolException>(() => bound.ListToolsAsync(cancellationToken: Cancel).AsTask());
        Assert.True((await bound.CallToolAsync("files.list", cancellationToken: Cancel)).IsError);
        Assert.True(
            (
                await free.CallToolAsync(
                    "files.list",
                    new Dictionary<string, object?> { ["project"] = project.ToString() },
                    cancellationToken: Cancel
                )
            ).IsError
        );
    }

    [Fact]
    public async Task An_agent_signs_in_with_an_api_key_and_nobody_gets_in_without()
    {
        using var client = await platform.NewMemberAsync();
        var key = (string)(await client.PostAsync("/api-keys", new { name = "agent" })).Expect(HttpStatusCode.Created)["key"]!;
        await using var mcp = await ConnectAsync(platform.Address, "/mcp", new() { ["X-API-Key"] = key });

        Assert.NotEmpty(await mcp.ListToolsAsync(cancellationToken: Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(platform.Address, "/mcp", []));
        using var stranger = platform.NewStranger();
        (
            await stranger.SendAsync(HttpMethod.Post, "//mcp", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))
        ).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Bad_arguments_are_told_in_words()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var mcp = await ConnectAsync(client, "/mcp");

        await client.AddProjectAsync(platform.NewRepository().Write("b.txt", "b\n").Commit().Folder);
        var missing = await mcp.CallToolAsync(
            "code.search",
            new Dictionary<string, object?> { ["project"] = project.ToString() },
            cancellationToken: Cancel
        );
        var unnamed = await mcp.CallToolAsync("files.list", cancellationToken: Cancel);
        var unknown = await mcp.CallToolAsync(
            "no.such.tool",
            new Dictionary<string, object?> { ["project"] = project.ToString() },
            cancellationToken: Cancel
        );

        Assert.Equal((true, "query: This argument is required."), (missing.IsError, Text(missing)));
        Assert.Contains("projects_list", Text(unnamed), StringComparison.Ordinal);
        Assert.True(unknown.IsError);
    }

    [Fact]
    public async Task A_call_reports_progress_and_can_be_cancelled()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var mcp = await ConnectAsync(client, $"/mcp/projects/{project}");
        var signal = Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var progress = new TaskCompletionSource<ProgressNotificationValue>(TaskCreationOptions.RunContinuationsAsynchronously);

        var call = mcp.CallToolAsync(
                "test.wait",
                new Dictionary<string, object?> { ["file"] = signal },
                new FirstProgress(progress),
                cancellationToken: cancel.Token
            )
            .AsTask();
        Assert.Equal("started", (await progress.Task.WaitAsync(Eventually.Timeout, Cancel)).Message);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var execution = await Eventually.FindAsync(async () =>
            (await client.GetAsync("/executions?toolName=test.wait")).Expect(HttpStatusCode.OK)["items"]!.AsArray() is [{ } last]
            && last["finishedAt"] is not null
                ? last
                : null
        );
        Assert.Equal("cancelled", (string)execution["status"]!);
    }

    private sealed class FirstProgress(TaskCompletionSource<ProgressNotificationValue> first) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => first.TrySetResult(value);
    }

    private static Task<McpClient> ConnectAsync(ApiClient client, string path) =>
        ConnectAsync(
            client.Http.BaseAddress!,
            path,
            new() { ["Authorization"] = client.Http.DefaultRequestHeaders.Authorization!.ToString() }
        );

    private static async Task<McpClient> ConnectAsync(Uri address, string path, Dictionary<string, string> headers) =>
        await McpClient.CreateAsync(
            new HttpClientTransport(
                new()
                {
                    Endpoint = new Uri(address, path),
                    AdditionalHeaders = headers,
                    TransportMode = HttpTransportMode.StreamableHttp,
                }
            ),
            cancellationToken: Cancel
        );

    private static async Task<JsonNode> CallAsync(McpClient mcp, string name, Dictionary<string, object?> arguments)
    {
        var answer = await mcp.CallToolAsync(name, arguments, cancellationToken: Cancel);
        Assert.False(answer.IsError is true, Text(answer));
        return JsonSerializer.SerializeToNode(answer.StructuredContent)!;
    }

    private static string Text(CallToolResult answer) =>
        answer.Content[0] is TextContentBlock block ? block.Text : JsonSerializer.Serialize(answer);
}
