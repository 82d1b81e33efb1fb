using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

public sealed class WorkspaceToolsTests(Platform platform)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writing_without_a_workspace_offers_to_make_one(bool bound)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client, bound ? $"/mcp/projects/{project}" : "/mcp");

        var refused = await agent.FailAsync("files_write", With(new() { ["path"] = "a.txt", ["content"] = "b\n" }, null));
        // What is offered works as it stands.
        var offered = JsonNode.Parse(refused[refused.IndexOf('{')..(refused.IndexOf('}') + 1)])!.AsObject();
        Assert.Contains("workspaces_create {", refused, StringComparison.Ordinal);
        Assert.Equal(bound, !offered.ContainsKey("project"));
        await agent.CallAsync("workspaces_create", offered);
        await agent.CallAsync("files_write", With(new() { ["path"] = "a.txt", ["content"] = "b\n" }, (string)offered["name"]!));

        var unknown = await agent.FailAsync("files_write", With(new() { ["path"] = "a.txt", ["content"] = "b\n" }, "other"));
        Assert.Contains("no workspace 'other'", unknown, StringComparison.Ordinal);
        Assert.Contains($"Those that are there: {offered["name"]}.", unknown, StringComparison.Ordinal);

        JsonObject With(JsonObject arguments, string? workspace)
        {
            if (!bound)
            {
                arguments["project"] = project.ToString();
            }
            if (workspace is not null)
            {
                arguments["workspace"] = workspace;
            }
            return arguments;
        }
    }

    [Fact]
    public async Task A_workspace_of_somebody_else_is_not_there()
    {
        using var owner = await platform.NewMemberAsync();
        using var stranger = await platform.NewMemberAsync();
        var project = await owner.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(stranger, $"/mcp/projects/{project}");

        Assert.Equal("The project has been deleted.", await agent.FailAsync("workspaces_create", new { name = "w" }));
        Assert.Equal("The project has been deleted.", await agent.FailAsync("workspaces_list"));
        Assert.Contains("no workspace 'w'", await agent.FailAsync("workspaces_delete", new { name = "w" }), StringComparison.Ordinal);
    }
}
