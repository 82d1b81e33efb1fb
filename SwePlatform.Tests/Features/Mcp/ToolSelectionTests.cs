using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Features.Imports;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

/// <summary>Connections that want some of the tools, and what they get where there are thousands.</summary>
public sealed class ToolSelectionTests(ImportBench bench, Platform platform) : IClassFixture<ImportBench>
{
    private static readonly string[] Kinds =
    [
        "user",
        "invoice",
        "repository",
        "issue",
        "pullRequest",
        "webhook",
        "droplet",
        "namespace",
        "secret",
        "message",
    ];

    [Fact]
    public async Task An_agent_gets_the_toolsets_that_its_address_and_its_headers_name()
    {
        using var client = await platform.NewMemberAsync();
        await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "needle\n").Commit().Folder);
        await using var address = await Agent.ConnectAsync(client, "/mcp?tools=code,files_read");
        await using var header = await ConnectAsync(client, "/mcp", ("X-MCP-Toolsets", "git, deps"));
        await using var both = await ConnectAsync(client, "/mcp?tools=code,git", ("X-MCP-Toolsets", "git,files"));

        var names = (await address.ListAsync()).Select(tool => tool.Name).ToList();

        Assert.Equal(
            ["code_duplicates", "code_hotspots", "code_outline", "code_search", "code_stats", "executions_output", "files_read"],
            names.Order(StringComparer.Ordinal)
        );
        Assert.All(await header.ListAsync(), tool => Assert.Matches("^(git|deps|executions_output)", tool.Name));
        Assert.All(await both.ListAsync(), tool => Assert.Matches("^(git|executions_output)", tool.Name));
        Assert.Single((await address.CallAsync("code_search", new { query = "needle" }))["matches"]!.AsArray());
        Assert.Contains("files_list is not among the tools", await address.FailAsync("files_list"), StringComparison.Ordinal);
        Assert.Contains("projects_list is not among the tools", await address.FailAsync("projects_list"), StringComparison.Ordinal);
        Assert.Contains(
            "files_list is not among",
            await address.FailAsync("tools_call", new { name = "files_list", arguments = new { } }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_connection_that_is_read_only_changes_nothing()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var agent = await ConnectAsync(client, $"/mcp/projects/{project}", ("X-MCP-Readonly", "true"));
        await using var address = await Agent.ConnectAsync(client, $"/mcp/projects/{project}?readonly=1");

        foreach (var one in new[] { agent, address })
        {
            var tools = await one.ListAsync();
            Assert.Contains("git_log", tools.Select(tool => tool.Name));
            Assert.All(tools, tool => Assert.True(tool.Annotations?.ReadOnlyHint));
            foreach (
                var (name, arguments) in new (string, object)[]
                {
                    (
                        "files_write",
                        new
                        {
                            workspace = "w",
                            path = "a",
                            content = "",
                        }
                    ),
                    ("workspaces_create", new { name = "w" }),
                    ("executions_start", new { tool = "process_run", arguments = new { } }),
                    ("tools_call", new { name = "workspaces_create", arguments = new { name = "w" } }),
                }
            )
            {
                Assert.Contains("read-only", await one.FailAsync(name, arguments), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_toolset_that_is_not_there_is_told()
    {
        using var client = await platform.NewMemberAsync();
        await using var agent = await Agent.ConnectAsync(client, "/mcp?tools=code,gti");

        var refused = await Assert.ThrowsAsync<McpProtocolException>(() => agent.ListAsync());

        Assert.Equal(McpErrorCode.InvalidParams, refused.ErrorCode);
        Assert.Contains("'gti'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("git", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_thousands_of_tools_an_agent_is_told_how_to_find_them()
    {
        using var client = await bench.NewMemberAsync();
        await bench.ImportAsync(client, "shop", Document());
        await using var agent = await Agent.ConnectAsync(client);

        var tools = (await agent.ListAsync()).Where(tool => !tool.Name.StartsWith("test_", StringComparison.Ordinal)).ToList();
        var json = JsonSerializer.Serialize(new ListToolsResult { Tools = tools }, McpJsonUtilities.DefaultOptions);

        Assert.DoesNotContain(tools, tool => tool.Name.StartsWith("shop_", StringComparison.Ordinal));
        Assert.True(json.Length / 4 <= 2800, $"{json.Length / 4} tokens");
        foreach (
            var (question, expected) in new[]
            {
                ("create an issue", "shop_createIssue"),
                ("delete a droplet", "shop_deleteDroplet"),
                ("list all pull requests", "shop_listPullRequests"),
                ("rename a repository", "shop_updateRepository"),
                ("add a new webhook", "shop_createWebhook"),
                ("show one invoice", "shop_getInvoice"),
                ("remove secrets of a namespace", "shop_deleteSecret"),
                ("which users are there", "shop_listUsers"),
                ("search code for a text", "code_search"),
                ("who changed a line", "git_blame"),
            }
        )
        {
            var found = await agent.CallAsync("tools_search", new { query = question });
            Assert.Contains(expected, found["tools"]!.AsArray().Take(5).Select(tool => (string)tool!["name"]!));
        }
    }

    [Fact]
    public async Task What_was_found_is_called_by_another_tool()
    {
        using var client = await bench.NewMemberAsync();
        await bench.ImportAsync(client, "shop", Document());
        await using var agent = await Agent.ConnectAsync(client);

        var text = await agent.ReadAsync("tools_search", new { query = "shop_getIssue" });
        var answer = await agent.CallAsync("tools_call", new { name = "shop_getIssue", arguments = new { id = "7" } });
        var wrong = await agent.FailAsync("tools_call", new { name = "shop_getIssue", arguments = new { } });

        Assert.Equal("Call one with tools_call.\nshop_getIssue(id): Get one issue. Calls GET /issue/{id}.", text);
        Assert.Equal(200, (int)answer["status"]!);
        Assert.StartsWith("id: ", wrong, StringComparison.Ordinal);
        Assert.StartsWith(
            "name: ",
            await agent.FailAsync("tools_call", new { name = "tools_call", arguments = new { } }),
            StringComparison.Ordinal
        );
    }

    // Ten kinds of things with a dozen operations each, of which five are usual.
    private static string Document()
    {
        var paths = new Dictionary<string, object>();
        foreach (var kind in Kinds)
        {
            var type = char.ToUpperInvariant(kind[0]) + kind[1..];
            var plural = type.EndsWith('y') ? type[..^1] + "ies" : type + "s";
            paths[$"/{kind}"] = new
            {
                get = new { operationId = $"list{plural}", summary = $"List {Spaced(kind)}s." },
                post = new { operationId = $"create{type}", summary = $"Create a {Spaced(kind)}." },
            };
            paths[$"/{kind}/{{id}}"] = new
            {
                get = new { operationId = $"get{type}", summary = $"Get one {Spaced(kind)}." },
                patch = new { operationId = $"update{type}", summary = $"Update a {Spaced(kind)}, such as its name." },
                delete = new { operationId = $"delete{type}", summary = $"Delete a {Spaced(kind)}." },
            };
            for (var action = 0; action < 7; action++)
            {
                paths[$"/{kind}/{{id}}/actions/{action}"] = new
                {
                    post = new { operationId = $"run{type}Action{action}", summary = $"Run an action on a {Spaced(kind)}." },
                };
            }
        }
        return JsonSerializer.Serialize(new { openapi = "3.1.0", paths });
    }

    private static string Spaced(string kind) => kind == "pullRequest" ? "pull request" : kind;

    private static Task<Agent> ConnectAsync(ApiClient client, string path, (string Name, string Value) header) =>
        Agent.ConnectAsync(
            client.Http.BaseAddress!,
            path,
            new() { ["Authorization"] = client.Http.DefaultRequestHeaders.Authorization!.ToString(), [header.Name] = header.Value }
        );
}
