using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Features.Mcp;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

public sealed class McpToolsTests(Platform platform, ITestOutputHelper output)
{
    private const int MaxTokens = 2500;

    [Fact]
    public async Task All_built_in_tools_together_cost_an_agent_little()
    {
        using var client = await platform.NewMemberAsync();
        await using var agent = await Agent.ConnectAsync(client);

        var tools = (await agent.ListAsync()).Where(tool => !tool.Name.StartsWith("test_", StringComparison.Ordinal)).ToList();
        var json = JsonSerializer.Serialize(new ListToolsResult { Tools = tools }, McpJsonUtilities.DefaultOptions);
        output.WriteLine($"{tools.Count} tools, {json.Length} characters, {json.Length / 4} tokens\n{json}");

        Assert.True(tools.Count >= 34, $"{tools.Count} tools");
        Assert.True(json.Length / 4 <= MaxTokens, $"{json.Length / 4} tokens");
    }

    [Fact]
    public async Task What_is_needed_to_call_a_tool_is_not_saved()
    {
        using var client = await platform.NewMemberAsync();
        await using var agent = await Agent.ConnectAsync(client);
        var known = (await client.GetAsync("/tools")).Expect(System.Net.HttpStatusCode.OK)["tools"]!
            .AsArray()
            .Where(tool => (bool)tool!["needsProject"]!)
            .ToDictionary(tool => ((string)tool!["name"]!).Replace('.', '_'), tool => tool!["inputSchema"]!);

        var tools = (await agent.ListAsync()).ToDictionary(tool => tool.Name);

        foreach (var (name, whole) in known)
        {
            var shown = JsonSerializer.SerializeToNode(tools[name].InputSchema)!;
            foreach (
                var (argument, schema) in (whole["properties"]?.AsObject() ?? []).Where(argument =>
                    McpOmissions.Lists(name.Replace('_', '.'), argument.Key)
                )
            )
            {
                var type = schema!["type"] is System.Text.Json.Nodes.JsonArray types ? (string)types[0]! : (string?)schema["type"];
                Assert.Equal(type, (string?)shown["properties"]![argument]!["type"]);
            }
            foreach (var required in whole["required"]?.AsArray() ?? [])
            {
                Assert.Contains(shown["required"]!.AsArray(), item => (string)item! == (string)required!);
            }
            Assert.False(string.IsNullOrEmpty(tools[name].Description));
        }
    }

    [Fact]
    public async Task What_the_list_leaves_out_is_accepted_all_the_same()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Write("b.txt", "b\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");

        var tool = (await agent.ListAsync()).Single(tool => tool.Name == "files_list");
        var files = await agent.ReadAsync("files_list", new { limit = 1 });
        var stats = await agent.CallAsync("code_stats", new { @ref = "HEAD" });

        Assert.DoesNotContain("limit", tool.InputSchema.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("a.txt 2\n[There are more files: raise limit, or narrow path or glob]", files);
        Assert.Equal(2, (int)stats["total"]!["files"]!);
    }

    [Fact]
    public async Task A_cursor_of_somebody_else_is_an_invalid_parameter()
    {
        using var client = await platform.NewMemberAsync();
        await using var agent = await Agent.ConnectAsync(client);

        var refused = await Assert.ThrowsAsync<McpProtocolException>(() =>
            agent.Mcp.ListToolsAsync(new ListToolsRequestParams { Cursor = "abc" }, TestContext.Current.CancellationToken).AsTask()
        );

        Assert.Equal(McpErrorCode.InvalidParams, refused.ErrorCode);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"name\":\"code_search\",\"arguments\":[]}")]
    public async Task A_call_without_a_name_or_with_odd_arguments_is_an_invalid_parameter(string parameters)
    {
        using var client = await platform.NewMemberAsync();
        await using var agent = await Agent.ConnectAsync(client, version: Agent.Handshake);

        var refused = await Assert.ThrowsAsync<McpProtocolException>(() =>
            agent.Mcp.SendRequestAsync(
                new JsonRpcRequest { Method = RequestMethods.ToolsCall, Params = System.Text.Json.Nodes.JsonNode.Parse(parameters) },
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(McpErrorCode.InvalidParams, refused.ErrorCode);
    }
}
