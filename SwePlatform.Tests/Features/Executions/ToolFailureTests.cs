using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

public sealed class ToolFailureTests(Platform platform)
{
    [Fact]
    public async Task A_project_whose_clone_is_gone_says_so_and_a_sync_fixes_it()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1").Commit().Folder);
        Directory.Delete(
            Path.Combine(platform.Services.GetRequiredService<IOptions<WorkspaceOptions>>().Value.Root, project.ToString()),
            recursive: true
        );

        var answer = (await client.ExecuteAsync("git.log", project)).Expect(HttpStatusCode.OK);
        Assert.Equal("conflict", (string)answer["error"]!["code"]!);
        Assert.Contains("Sync the project", (string)answer["error"]!["message"]!, StringComparison.Ordinal);
        (await client.ExecuteAsync("git.log", project, @ref: "main")).ExpectProblem(HttpStatusCode.Conflict);

        (await client.PostAsync($"/projects/{project}/sync")).Expect(HttpStatusCode.Accepted);
        await client.SettleAsync(project);
        Assert.Single((await client.RunAsync("git.log", project))["commits"]!.AsArray());
    }

    [Fact]
    public async Task A_commit_bears_the_name_that_its_author_shows()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "1").Commit());
        (await bench.Client.PatchAsync($"/users/{bench.Client.UserId}", new { displayName = "Grace Example" })).Expect(HttpStatusCode.OK);
        await bench.WriteAsync("a.txt", "2");

        var author = (await bench.UseAsync("git.commit", new { message = "Change" }))["author"]!;

        Assert.Equal(("Grace Example", bench.Client.Email), ((string)author["name"]!, (string)author["email"]!));
    }

    [Fact]
    public async Task A_list_that_is_too_long_is_told_its_limit_and_whole_numbers_may_have_a_fraction_of_zero()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "x\nx\n").Commit().Folder);

        var message = (
            await client.ExecuteAsync("code.search", project, new { query = "x", include = Enumerable.Repeat("*", 1000) })
        ).ExpectFieldError("arguments.include");
        Assert.Matches("^Must have at most [0-9]+ items\\.$", message);
        Assert.Single(
            (await client.RunAsync("code.search", project, System.Text.Json.Nodes.JsonNode.Parse("""{"query":"x","maxMatches":1.0}""")!))[
                "matches"
            ]!.AsArray()
        );
        (
            await client.ExecuteAsync("code.search", project, System.Text.Json.Nodes.JsonNode.Parse("""{"query":"x","maxMatches":1.05}""")!)
        ).ExpectFieldError("arguments.maxMatches");
    }
}
