using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

public sealed class ProjectToolsTests(Platform platform)
{
    [Fact]
    public async Task An_agent_registers_a_project_writes_in_it_and_removes_it()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "old\n").Commit();
        await using var agent = await Agent.ConnectAsync(client);

        var made = await agent.CallAsync("projects_create", new { name = "mine", repositoryUrl = repository.Folder });
        await client.SettleAsync((Guid)made["id"]!);
        await agent.CallAsync("workspaces_create", new { project = "mine", name = "w" });
        await agent.CallAsync(
            "files_write",
            new
            {
                project = "mine",
                workspace = "w",
                path = "a.txt",
                content = "new\n",
            }
        );
        var committed = await agent.CallAsync(
            "git_commit",
            new
            {
                project = "mine",
                workspace = "w",
                message = "Change a",
            }
        );
        var read = await agent.CallAsync(
            "files_read",
            new
            {
                project = "mine",
                @ref = "swe/w",
                path = "a.txt",
            }
        );
        var workspaces = await agent.CallAsync("workspaces_list", new { project = "mine" });
        repository.Write("b.txt", "b\n").Commit();
        await agent.CallAsync("projects_sync", new { project = "mine" });
        await agent.CallAsync("workspaces_delete", new { project = "mine", name = "w" });
        var left = await agent.CallAsync("workspaces_list", new { project = "mine" });
        await agent.CallAsync("projects_delete", new { project = "mine" });

        Assert.NotNull(committed["commit"]);
        Assert.Equal("new\n", (string)read["text"]!);
        Assert.Equal("swe/w", (string)Assert.Single(workspaces["workspaces"]!.AsArray())!["branch"]!);
        Assert.Empty(left["workspaces"]!.AsArray());
        Assert.Empty((await agent.CallAsync("projects_list"))["projects"]!.AsArray());
        (await client.GetAsync($"/projects/{made["id"]}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_HTTP_refuses_is_refused_here_too()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a\n").Commit();
        await client.AddProjectAsync(repository.Folder);
        await using var agent = await Agent.ConnectAsync(client);
        var name = (string)(await agent.CallAsync("projects_list"))["projects"]![0]!["name"]!;

        var taken = await agent.FailAsync("projects_create", new { name, repositoryUrl = repository.Folder });
        var odd = await agent.FailAsync("projects_create", new { name = "/", repositoryUrl = repository.Folder });
        var foreign = await agent.FailAsync("projects_create", new { name = "etc", repositoryUrl = "/etc" });
        var unknown = await agent.FailAsync(
            "projects_create",
            new
            {
                name = "x",
                repositoryUrl = repository.Folder,
                branch = "main",
            }
        );
        var workspace = await agent.FailAsync("workspaces_create", new { project = name, name = "a..b" });

        Assert.Equal("You have a project of this name already.", taken);
        Assert.StartsWith("name: A name starts with", odd, StringComparison.Ordinal);
        Assert.StartsWith("repositoryUrl: ", foreign, StringComparison.Ordinal);
        Assert.Equal("branch: This argument is not known to the tool.", unknown);
        Assert.StartsWith("name: A name starts with", workspace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_only_run_tools_makes_and_removes_workspaces_but_no_project()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a\n").Commit();
        var project = await client.AddProjectAsync(repository.Folder);
        var key = (string)
            (await client.PostAsync("/api-keys", new { name = "agent", scopes = new[] { "read", "execute" } })).Expect(
                HttpStatusCode.Created
            )["key"]!;
        await using var agent = await Agent.ConnectAsync(platform.Address, "/mcp", new() { ["X-API-Key"] = key });

        var calls = new Dictionary<string, object>
        {
            ["projects_create"] = new { name = "x", repositoryUrl = repository.Folder },
            ["projects_sync"] = new { project },
            ["projects_delete"] = new { project },
        };
        foreach (var (name, arguments) in calls)
        {
            Assert.Equal("This API key lacks the scope 'write'.", await agent.FailAsync(name, arguments));
        }
        await agent.CallAsync("workspaces_create", new { project, name = "w" });
        Assert.Single((await agent.CallAsync("projects_list"))["projects"]!.AsArray());
        Assert.Single((await agent.CallAsync("workspaces_list", new { project }))["workspaces"]!.AsArray());
    }

    [Fact]
    public async Task An_agent_that_is_bound_to_a_project_can_neither_make_nor_remove_one()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a\n").Commit();
        var project = await client.AddProjectAsync(repository.Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");

        var names = (await agent.ListAsync()).Select(tool => tool.Name).ToList();
        await agent.CallAsync("workspaces_create", new { name = "w" });

        Assert.Contains("projects_sync", names);
        Assert.Empty(names.Intersect(["projects_list", "projects_create", "projects_delete"]));
        Assert.Contains("no tool", await agent.FailAsync("projects_create", new { name = "x", repositoryUrl = repository.Folder }));
        Assert.Contains("no tool", await agent.FailAsync("projects_delete", new { project }));
        Assert.Single((await agent.CallAsync("workspaces_list"))["workspaces"]!.AsArray());
    }

    [Fact]
    public async Task What_an_agent_does_is_in_the_audit_log()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a\n").Commit();
        await using var agent = await Agent.ConnectAsync(client);

        var made = await agent.CallAsync("projects_create", new { name = "mine", repositoryUrl = repository.Folder });
        await client.SettleAsync((Guid)made["id"]!);
        await agent.CallAsync("projects_delete", new { project = "mine" });

        var entries = (await client.GetAsync("/audit/logs")).Expect(HttpStatusCode.OK)["items"]!
            .AsArray()
            .Where(entry => (string?)entry!["resource"] == (string)made["id"]!);
        Assert.Equal(["project.delete", "project.create"], entries.Select(entry => (string)entry!["eventType"]!));
    }
}
