using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

public sealed class ExecutionToolsTests(Platform platform)
{
    [Fact]
    public async Task What_takes_long_goes_on_without_its_agent()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        var signal = Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}");
        string id;
        await using (var agent = await Agent.ConnectAsync(client))
        {
            id = (string)
                (await agent.CallAsync("executions_start", new { tool = "test_wait", arguments = new { project, file = signal } }))[
                    "executionId"
                ]!;
        }

        await using var later = await Agent.ConnectAsync(client);
        await Eventually.HoldsAsync(() => File.Exists($"{signal}.runs"));
        var running = await later.CallAsync("executions_status", new { executionId = id });
        var early = await later.CallAsync("executions_output", new { executionId = id });
        await File.WriteAllTextAsync($"{signal}.go", "", TestContext.Current.CancellationToken);
        var finished = await Eventually.FindAsync(async () =>
            await later.CallAsync("executions_status", new { executionId = id }) is var status && status["finishedAt"] is not null
                ? status
                : null
        );

        Assert.Null(running["finishedAt"]);
        Assert.Equal("running", (string)early["status"]!);
        Assert.Equal(("test_wait", "succeeded"), ((string)finished["tool"]!, (string)finished["status"]!));
        foreach (var name in new[] { "executions_output", "executions.output", "results.read" })
        {
            Assert.Equal(1, (int)(await later.CallAsync(name, new { executionId = id, skip = 0 }))["runs"]!);
        }
    }

    [Fact]
    public async Task An_agent_ends_what_it_started_and_nobody_else_does()
    {
        using var client = await platform.NewMemberAsync();
        using var stranger = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        var signal = Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}");
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");
        await using var other = await Agent.ConnectAsync(stranger);
        var started = await agent.CallAsync("executions_start", new { tool = "test.wait", arguments = new { file = signal } });
        var executionId = (string)started["executionId"]!;

        foreach (var name in new[] { "executions_status", "executions_output", "executions_cancel" })
        {
            Assert.Equal("executionId: There is no such execution.", await other.FailAsync(name, new { executionId }));
        }
        await agent.CallAsync("executions_cancel", new { executionId });

        var status = await Eventually.FindAsync(async () =>
            await agent.CallAsync("executions_status", new { executionId }) is var now && now["finishedAt"] is not null ? now : null
        );
        Assert.Equal("cancelled", (string)status["status"]!);
        Assert.StartsWith("cancelled: ", await agent.FailAsync("executions_output", new { executionId }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_cannot_run_says_so_at_once()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client);

        var unknown = await agent.FailAsync("executions_start", new { tool = "project_tests", arguments = new { project } });
        var missing = await agent.FailAsync("executions_start", new { tool = "code_search", arguments = new { project } });
        var nowhere = await agent.FailAsync("executions_start", new { tool = "project_test", arguments = new { project } });
        var odd = await agent.FailAsync("executions_start", new { tool = "project_test", arguments = "x" });

        Assert.Contains("project_test", unknown, StringComparison.Ordinal);
        Assert.Equal("query: This argument is required.", missing);
        Assert.Contains("workspaces_create {", nowhere, StringComparison.Ordinal);
        Assert.StartsWith("arguments: Must be an object", odd, StringComparison.Ordinal);
    }
}
