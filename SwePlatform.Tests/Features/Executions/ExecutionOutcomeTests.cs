using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

/// <summary>Whether what a tool ran came out well, which is another thing than whether the tool gave a result.</summary>
public sealed class ExecutionOutcomeTests(Platform platform)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_ends_with_another_code_than_0_has_failed_though_the_tool_has_not()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());

        var answer = (await bench.ExecuteAsync("process.run", new { command = new[] { "sh", "-c", "exit 3" } })).Expect(HttpStatusCode.OK);
        await bench.RunAsync("true");
        await bench.FailAsync("files.read", new { path = "missing" });
        var stored = (await bench.Client.GetAsync($"/executions/{answer["executionId"]}")).Expect(HttpStatusCode.OK);

        Assert.True((bool)answer["success"]!);
        Assert.Equal(("succeeded", "failed", "exit 3"), Read(answer));
        Assert.Equal(("succeeded", "failed", "exit 3"), Read(stored));
        Assert.Equal(("succeeded", "failed", "exit 3"), Read(Assert.Single(await ListAsync(bench.Client, "failed"))!));
        Assert.Equal(("succeeded", "passed", null), Read(Assert.Single(await ListAsync(bench.Client, "passed"))!));
        Assert.Equal(("failed", "error", null), Read(Assert.Single(await ListAsync(bench.Client, "error"))!));
        (await bench.Client.GetAsync("/executions?outcome=done")).ExpectFieldError("outcome");
    }

    [Fact]
    public async Task One_that_is_followed_is_queued_or_running_and_tells_its_outcome_at_its_end()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());
        var call = JsonContent.Create(
            new
            {
                toolName = "process.run",
                projectId = bench.Project,
                workspace = bench.Name,
                arguments = new { command = new[] { "sh", "-c", "sleep 1; exit 127" } },
            }
        );

        var accepted = (await bench.Client.SendAsync(HttpMethod.Post, "/tools/execute", call, ("Prefer", "respond-async"))).Expect(
            HttpStatusCode.Accepted
        );
        Assert.Equal(((string)accepted["status"]!, null), ((string)accepted["outcome"]!, (string?)accepted["outcomeText"]));
        var last = "";
        await foreach (var item in bench.Client.FollowAsync((Guid)accepted["id"]!))
        {
            last = item.Data;
        }

        Assert.Equal(("succeeded", "failed", "exit 127"), Read(JsonNode.Parse(last)!));
        Assert.Equal(
            ("succeeded", "failed", "exit 127"),
            Read((await bench.Client.GetAsync($"/executions/{accepted["id"]}")).Expect(HttpStatusCode.OK))
        );
    }

    [Fact]
    public async Task A_program_that_takes_too_long_has_failed_by_its_limit()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());

        var answer = await bench.ExecuteAsync("process.run", new { command = new[] { "sleep", "600" }, timeoutSeconds = 1 });

        Assert.Equal(("succeeded", "failed", "stopped: time limit"), Read(answer.Expect(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task Tests_that_fail_are_counted()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write(
                    "test_a.py",
                    """
                    import unittest


                    class A(unittest.TestCase):
                        def test_good(self):
                            pass

                        def test_bad(self):
                            self.assertEqual(1, 2)

                    """
                )
                .Commit()
        );

        var red = (await bench.ExecuteAsync("project.test", new { })).Expect(HttpStatusCode.OK);
        await bench.RunAsync("sed", "-i", "s/1, 2/2, 2/", "test_a.py");
        var green = (await bench.ExecuteAsync("project.test", new { })).Expect(HttpStatusCode.OK);

        Assert.Equal(("succeeded", "failed", "1 of 2 failed"), Read(red));
        Assert.Equal(("succeeded", "passed", null), Read(green));
    }

    [Fact]
    public async Task Errors_of_a_build_are_counted()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform
                .NewRepository()
                .Write("pyproject.toml", "[project]\nname = 'a'\n")
                .Write("broken.py", "def add(a, b:\n    return a\n")
                .Commit()
        );

        var answer = (await bench.ExecuteAsync("project.build", new { })).Expect(HttpStatusCode.OK);

        Assert.Equal(("succeeded", "failed", "1 error"), Read(answer));
    }

    [Fact]
    public async Task A_bad_result_is_a_bad_one_from_the_cache_too_on_every_replica()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", $"{Guid.CreateVersion7()}").Commit().Folder);
        await using var other = platform.StartApi();
        using var elsewhere = client.At(other.ClientOptions.BaseAddress);
        var (signal, turn) = (Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}"), 0);

        // A result is stored behind the answer. Who asks too early makes it anew, so each turn has a key of its own and more time.
        var there = await Eventually.FindAsync(
            async () =>
            {
                var call = new { file = $"{signal}-{turn}", bad = true };
                await File.WriteAllTextAsync($"{call.file}.go", "", Cancel);
                var first = (await client.ExecuteAsync("test.wait", project, call)).Expect(HttpStatusCode.OK);
                var second = (await client.ExecuteAsync("test.wait", project, call)).Expect(HttpStatusCode.OK);
                Assert.Equal((false, true), ((bool)first["cached"]!, (bool)second["cached"]!));
                Assert.Equal(("succeeded", "failed", "naïve: 1 of 2"), Read(first));
                Assert.Equal(("succeeded", "failed", "naïve: 1 of 2"), Read(second));
                await Task.Delay(TimeSpan.FromMilliseconds(100 << turn++), Cancel);
                var answer = (await elsewhere.ExecuteAsync("test.wait", project, call)).Expect(HttpStatusCode.OK);
                return (bool)answer["cached"]! ? answer : null;
            },
            "another replica has the result"
        );

        Assert.Equal(("succeeded", "failed", "naïve: 1 of 2"), Read(there));
        Assert.All(await ListAsync(client, "failed"), item => Assert.Equal("naïve: 1 of 2", (string)item!["outcomeText"]!));
        Assert.Empty(await ListAsync(client, "passed"));
    }

    private static async Task<JsonArray> ListAsync(ApiClient client, string outcome) =>
        (await client.GetAsync($"/executions?outcome={outcome}")).Expect(HttpStatusCode.OK)["items"]!.AsArray();

    private static (string Status, string Outcome, string? Text) Read(JsonNode execution) =>
        ((string)execution["status"]!, (string)execution["outcome"]!, (string?)execution["outcomeText"]);
}
