using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

/// <summary>Workspaces between callers, replicas and restarts, and up to their limits.</summary>
public sealed class WorkspaceTurnTests(Platform platform)
{
    private static readonly string[] SlowWriter = ["sh", "-c", "test ! -e busy && touch busy && sleep 1 && rm busy"];

    private Task<Workbench> NewBenchAsync(Uri? replica = null) =>
        Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit(), replica);

    [Fact]
    public async Task Writers_to_one_workspace_take_turns_also_between_replicas()
    {
        using var bench = await NewBenchAsync();
        await using var replica = platform.StartApi();
        using var there = bench.At(replica.ClientOptions.BaseAddress);

        var results = await Task.WhenAll(bench.RunAsync(SlowWriter), there.RunAsync(SlowWriter), bench.RunAsync(SlowWriter));

        Assert.All(results, result => Assert.Equal(0, (int)result["exitCode"]!));
    }

    [Fact]
    public async Task Writers_to_different_workspaces_run_at_the_same_time()
    {
        using var bench = await NewBenchAsync();
        var other = await bench.AddAsync("other");
        var running = await bench.StartAsync("sh", "-c", "echo started; sleep 600");

        Assert.Equal(0, (await other.ShellAsync("echo more > a.txt")).ExitCode);

        Assert.Equal("running", (string)(await bench.Client.GetAsync($"/executions/{running}")).Expect(HttpStatusCode.OK)["status"]!);
        (await bench.Client.PostAsync($"/executions/{running}/cancel")).Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_workspace_survives_a_restart()
    {
        using var bench = await NewBenchAsync();
        await bench.WriteAsync("b.txt", "uncommitted\n");

        await using var restarted = platform.StartApi();
        using var after = bench.At(restarted.ClientOptions.BaseAddress);

        Assert.Equal("uncommitted\n", await after.ReadAsync("b.txt"));
        Assert.Equal((0, "uncommitted\n"), await after.ShellAsync("echo more >> a.txt; cat b.txt"));
        Assert.Equal(2, (int)(await after.UseAsync("git.commit", new { message = "After" }))["filesChanged"]!);
    }

    [Fact]
    public async Task Their_number_is_limited()
    {
        await using var replica = platform.StartApi(("Workspaces:MaxPerProject", "2"));
        using var bench = await NewBenchAsync();
        using var there = bench.At(replica.ClientOptions.BaseAddress);
        await there.AddAsync("second");

        var problem = (await there.Client.PostAsync($"/projects/{bench.Project}/workspaces", new { name = "third" })).ExpectProblem(
            HttpStatusCode.Conflict
        );

        Assert.Contains("Workspaces:MaxPerProject", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_workspace_takes_no_more_until_something_is_deleted()
    {
        await using var replica = platform.StartApi(("Workspaces:MaxWorkspaceBytes", $"{1 << 20}"));
        using var bench = (await NewBenchAsync()).At(replica.ClientOptions.BaseAddress);
        Assert.Equal(0, (await bench.ShellAsync("head -c 3000000 /dev/zero > big")).ExitCode);

        Assert.Equal("workspace_full", (await bench.FailAsync("files.write", new { path = "x", content = "x" })).Code);
        Assert.Equal("workspace_full", (await bench.FailAsync("files.patch", new { patch = "x" })).Code);
        Assert.NotEqual(0, (await bench.ShellAsync("echo more > x")).ExitCode);
        Assert.Equal(0, (await bench.ShellAsync("rm big")).ExitCode);
        await bench.WriteAsync("x", "x");
    }

    [Fact]
    public async Task A_program_that_fills_the_disk_is_stopped()
    {
        await using var replica = platform.StartApi(("Workspaces:MaxWorkspaceBytes", $"{4 << 20}"));
        using var bench = (await NewBenchAsync()).At(replica.ClientOptions.BaseAddress);

        var result = await bench.RunAsync("sh", "-c", "head -c 8000000 /dev/zero > big; sleep 600");

        Assert.Equal("disk_limit", (string)result["stopped"]!);
    }

    [Fact]
    public async Task A_cancelled_execution_ends_its_program()
    {
        using var bench = await NewBenchAsync();
        var id = await bench.StartAsync("sh", "-c", "trap '' TERM; while :; do date +%s%N >> beat; echo beat; sleep 0.05; done");

        (await bench.Client.PostAsync($"/executions/{id}/cancel")).Expect(HttpStatusCode.Accepted);

        // The next writer gets its turn only when the one before has ended.
        var beat = (await bench.ShellAsync("cat beat")).Output;
        Assert.NotEqual("", beat);
        Assert.Equal(beat, (await bench.ShellAsync("sleep 0.2; cat beat")).Output);
    }

    [Fact]
    public async Task Only_an_administrator_lets_programs_use_the_network()
    {
        using var bench = await NewBenchAsync();
        using var admin = await platform.NewAdminAsync();
        string[] connect = ["python3", "-c", $"import socket; socket.create_connection(('127.0.0.1',{platform.Address.Port}),60)"];
        (await bench.Client.PatchAsync($"/projects/{bench.Project}", new { allowNetwork = true })).ExpectProblem(HttpStatusCode.Forbidden);
        Assert.NotEqual(0, (int)(await bench.RunAsync(connect))["exitCode"]!);

        var project = (await admin.PatchAsync($"/projects/{bench.Project}", new { allowNetwork = true })).Expect(HttpStatusCode.OK);

        Assert.True((bool)project["allowNetwork"]!);
        Assert.Equal(0, (int)(await bench.RunAsync(connect))["exitCode"]!);
    }
}
