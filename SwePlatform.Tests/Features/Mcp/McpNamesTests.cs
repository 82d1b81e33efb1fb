using SwePlatform.Api.Features.Mcp;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

public sealed class McpNamesTests(Platform platform)
{
    [Fact]
    public async Task Every_client_takes_the_names_and_both_ways_to_write_them_work()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "needle\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client);

        var names = (await agent.ListAsync()).Select(tool => tool.Name).ToList();

        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_-]{1,64}$", name));
        Assert.Equal(names.Distinct(), names);
        foreach (var name in new[] { "code_search", "code.search" })
        {
            Assert.Single((await agent.CallAsync(name, new { project, query = "needle" }))["matches"]!.AsArray());
        }
    }

    [Fact]
    public async Task An_unknown_name_is_answered_with_those_that_may_be_meant()
    {
        using var client = await platform.NewMemberAsync();
        await using var agent = await Agent.ConnectAsync(client);

        Assert.Contains("code_search", await agent.FailAsync("code_serach"), StringComparison.Ordinal);
        Assert.Contains("files_read", await agent.FailAsync("read_file"), StringComparison.Ordinal);
        Assert.Contains("code_search", await agent.FailAsync("search"), StringComparison.Ordinal);
        Assert.Contains("workspaces_create", await agent.FailAsync("workspace_create"), StringComparison.Ordinal);
        Assert.Equal("There is no tool 'zzzzzzzzzzzz'. tools/list names all.", await agent.FailAsync("zzzzzzzzzzzz"));
    }

    [Theory]
    [InlineData("code.search", "code_search")]
    [InlineData("my-api.get_pet_by-id", "my-api_get_pet_by-id")]
    public void A_name_comes_back(string name, string shown)
    {
        Assert.Equal(shown, McpNames.Of(name));
        Assert.Contains(name, McpNames.Meant(shown));
    }
}
