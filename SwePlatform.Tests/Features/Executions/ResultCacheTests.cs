using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

public sealed class ResultCacheTests(Platform platform)
{
    [Fact]
    public async Task The_same_call_on_the_same_tree_is_answered_from_the_cache()
    {
        using var client = await platform.NewMemberAsync();
        var mark = Guid.CreateVersion7().ToString("N");
        var repository = platform.NewRepository().Write("a.txt", mark).Commit();
        var project = await client.AddProjectAsync(repository.Folder);

        var first = (await client.ExecuteAsync("code.search", project, new { query = mark })).Expect(HttpStatusCode.OK);
        var spelledOut = (
            await client.ExecuteAsync(
                "code.search",
                project,
                new
                {
                    maxMatches = 1000,
                    regex = false,
                    query = mark,
                }
            )
        ).Expect(HttpStatusCode.OK);
        var fresh = (await client.ExecuteAsync("code.search", project, new { query = mark }, ("Cache-Control", "no-cache"))).Expect(
            HttpStatusCode.OK
        );

        Assert.False((bool)first["cached"]!);
        Assert.True((bool)spelledOut["cached"]!);
        Assert.False((bool)fresh["cached"]!);
        Assert.Equal(first["result"]!.ToJsonString(), spelledOut["result"]!.ToJsonString());
        Assert.True((double)spelledOut["timings"]!["saved"]! > 0);
        Assert.Equal(0, (double)spelledOut["timings"]!["execute"]!);
        Assert.NotEqual((string)first["executionId"]!, (string)spelledOut["executionId"]!);
        Assert.Equal(
            spelledOut["result"]!.ToJsonString(),
            (await client.GetAsync($"/executions/{spelledOut["executionId"]}")).Expect(HttpStatusCode.OK)["result"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task A_commit_that_leaves_the_tree_alone_keeps_the_results()
    {
        using var client = await platform.NewMemberAsync();
        var mark = Guid.CreateVersion7().ToString("N");
        var repository = platform.NewRepository().Write("a.txt", mark).Commit();
        var project = await client.AddProjectAsync(repository.Folder);
        await client.RunAsync("code.search", project, new { query = mark });
        await client.RunAsync("git.log", project);

        repository.Commit("Changes nothing");
        await client.PostAsync($"/projects/{project}/sync");
        await client.SettleAsync(project);
        var search = (await client.ExecuteAsync("code.search", project, new { query = mark })).Expect(HttpStatusCode.OK);
        var log = (await client.ExecuteAsync("git.log", project)).Expect(HttpStatusCode.OK);

        Assert.True((bool)search["cached"]!);
        Assert.False((bool)log["cached"]!);
        Assert.Equal("Changes nothing", (string)log["result"]!["commits"]![0]!["subject"]!);

        repository.Write("b.txt", mark).Commit("Changes something");
        await client.PostAsync($"/projects/{project}/sync");
        await client.SettleAsync(project);
        var changed = (await client.ExecuteAsync("code.search", project, new { query = mark })).Expect(HttpStatusCode.OK);
        Assert.False((bool)changed["cached"]!);
        Assert.Equal(2, changed["result"]!["matches"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_branch_that_moves_is_shown_as_it_is_now()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1").Commit("one");
        var project = await client.AddProjectAsync(repository.Folder);
        Assert.Equal("one", (string)(await client.RunAsync("git.show", project, new { commit = "main" }))["subject"]!);

        repository.Write("a.txt", "2").Commit("two");
        await client.PostAsync($"/projects/{project}/sync");
        await client.SettleAsync(project);

        Assert.Equal("two", (string)(await client.RunAsync("git.show", project, new { commit = "main" }))["subject"]!);
        Assert.True((bool)(await client.ExecuteAsync("git.show", project, new { commit = "main" })).Expect(HttpStatusCode.OK)["cached"]!);
    }

    [Fact]
    public async Task A_failure_is_not_cached()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1").Commit().Folder);

        for (var count = 0; count < 2; count++)
        {
            var answer = (await client.ExecuteAsync("files.read", project, new { path = "missing" })).Expect(HttpStatusCode.OK);
            Assert.False((bool)answer["cached"]!);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Another_replica_has_the_result_too_whatever_its_size(int size)
    {
        using var client = await platform.NewMemberAsync();
        var text = string.Concat(Enumerable.Repeat($"{Guid.CreateVersion7():N} needle\n", Math.Max(1, size / 40)));
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", text).Commit().Folder);
        await using var other = platform.StartApi();
        using var elsewhere = client.At(other.ClientOptions.BaseAddress);
        var (turn, here) = (0, "");

        // A result is stored behind the answer. Who asks too early makes it anew, so each turn has a key of its own and more time.
        var there = await Eventually.FindAsync(
            async () =>
            {
                var call = new { query = "needle", maxMatches = 99_000 + turn };
                here = (await client.RunAsync("code.search", project, call)).ToJsonString();
                await Task.Delay(TimeSpan.FromMilliseconds(100 << turn++), TestContext.Current.CancellationToken);
                var answer = (await elsewhere.ExecuteAsync("code.search", project, call)).Expect(HttpStatusCode.OK);
                return (bool)answer["cached"]! ? answer["result"] : null;
            },
            "another replica has the result"
        );

        Assert.Equal(here, there.ToJsonString());
    }
}
