using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Audit;

public sealed class AuditTests(Platform platform)
{
    [Fact]
    public async Task Each_change_and_each_execution_leaves_an_entry()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await client.RunAsync("files.list", project);
        await client.PatchAsync($"/projects/{project}", new { name = "renamed" });
        await client.PostAsync($"/projects/{project}/sync");
        var key = (await client.PostAsync("/api-keys", new { name = "ci" })).Expect(HttpStatusCode.Created);
        await client.DeleteAsync($"/api-keys/{key["id"]}");
        await client.PatchAsync($"/users/{client.UserId}", new { displayName = "Ada" });
        await client.SettleAsync(project);
        await client.DeleteAsync($"/projects/{project}");

        var log = (await client.GetAsync("/audit/logs")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            [
                "project.delete",
                "user.update",
                "api_key.delete",
                "api_key.create",
                "project.sync",
                "project.update",
                "tool.execute",
                "project.create",
                "user.login",
                "user.register",
            ],
            log["items"]!.AsArray().Select(entry => (string)entry!["eventType"]!)
        );
        Assert.All(
            log["items"]!.AsArray(),
            entry =>
            {
                Assert.Equal(client.Email, (string)entry!["actor"]!);
                Assert.Equal("success", (string)entry["outcome"]!);
                Assert.NotNull(entry["requestId"]);
                Assert.NotNull(entry["clientAddress"]);
            }
        );
        var execution = log["items"]!.AsArray().Single(entry => (string)entry!["eventType"]! == "tool.execute")!;
        Assert.Equal("files.list", (string)execution["details"]!["tool"]!);
        Assert.Equal(
            execution.ToJsonString(),
            (await client.GetAsync($"/audit/logs/{execution["id"]}")).Expect(HttpStatusCode.OK).ToJsonString()
        );
    }

    [Fact]
    public async Task Members_see_their_own_entries_and_administrators_all()
    {
        using var client = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();
        using var admin = await platform.NewAdminAsync();
        var own = (await client.GetAsync("/audit/logs")).Expect(HttpStatusCode.OK)["items"]![0]!;

        Assert.Equal(0, (int)(await other.GetAsync($"/audit/logs?userId={client.UserId}")).Expect(HttpStatusCode.OK)["total"]!);
        (await other.GetAsync($"/audit/logs/{own["id"]}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(2, (int)(await admin.GetAsync($"/audit/logs?userId={client.UserId}")).Expect(HttpStatusCode.OK)["total"]!);
        (await client.GetAsync("/audit/verify")).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Entries_are_found_by_type_and_time_and_paged_by_cursor()
    {
        using var client = await platform.NewMemberAsync();
        for (var count = 0; count < 4; count++)
        {
            await client.PatchAsync($"/users/{client.UserId}", new { displayName = $"Name {count}" });
        }

        var updates = (await client.GetAsync("/audit/logs?eventType=user.update&limit=3")).Expect(HttpStatusCode.OK);
        var rest = (await client.GetAsync($"/audit/logs?eventType=user.update&limit=3&cursor={updates["cursor"]}")).Expect(
            HttpStatusCode.OK
        );

        Assert.Equal((4, 3, 1), ((int)updates["total"]!, updates["items"]!.AsArray().Count, rest["items"]!.AsArray().Count));
        Assert.Equal(0, (int)(await client.GetAsync("/audit/logs?from=2100-01-01T00:00:00Z")).Expect(HttpStatusCode.OK)["total"]!);
        Assert.Equal(0, (int)(await client.GetAsync("/audit/logs?to=2020-01-01T00:00:00%2B05:00")).Expect(HttpStatusCode.OK)["total"]!);
        (await client.GetAsync("/audit/logs?from=yesterday")).ExpectFieldError("from");
    }

    [Fact]
    public async Task The_summary_counts_by_day_type_and_outcome()
    {
        using var client = await platform.NewMemberAsync();
        await client.PatchAsync($"/users/{client.UserId}", new { displayName = "Ada" });

        var summary = (await client.GetAsync("/audit/summary?days=7")).Expect(HttpStatusCode.OK);

        Assert.Equal(3, (int)summary["total"]!);
        Assert.Equal(
            ["user.login success 1", "user.register success 1", "user.update success 1"],
            summary["counts"]!.AsArray().Select(count => $"{count!["eventType"]} {count["outcome"]} {count["count"]}")
        );
        (await client.GetAsync("/audit/summary?days=0")).ExpectFieldError("days");
    }

    [Fact]
    public async Task The_chain_of_entries_is_whole_under_many_writers()
    {
        using var admin = await platform.NewAdminAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(count => admin.PatchAsync($"/users/{admin.UserId}", new { displayName = $"Administrator {count}" }))
        );

        JsonNode verdict = (await admin.GetAsync("/audit/verify")).Expect(HttpStatusCode.OK);

        Assert.True((bool)verdict["valid"]!, verdict.ToJsonString());
        Assert.True((int)verdict["entriesChecked"]! >= 50);
    }
}
