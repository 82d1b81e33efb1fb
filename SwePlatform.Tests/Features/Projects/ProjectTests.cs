using System.Net;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Projects;

public sealed class ProjectTests(Platform platform)
{
    [Fact]
    public async Task A_repository_is_cloned_and_its_head_known()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();

        var created = (await client.PostAsync("/projects", new { name = "mine", repositoryUrl = repository.Folder })).Expect(
            HttpStatusCode.Created
        );
        Assert.Equal("cloning", (string)created["status"]!);
        var project = await client.SettleAsync((Guid)created["id"]!);

        Assert.Equal("ready", (string)project["status"]!);
        Assert.Equal("main", (string)project["defaultBranch"]!);
        Assert.Equal(repository.Head, (string)project["headCommit"]!);
        Assert.Equal(repository.Git("rev-parse", "HEAD^{tree}").Trim(), (string)project["headTree"]!);
        Assert.Equal(client.Email, (string)project["owner"]!["email"]!);
        Assert.Null(project["userId"]);
    }

    [Fact]
    public async Task A_file_url_and_a_bare_repository_serve_as_well()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();
        var bare = repository.Folder + ".git";
        repository.Git("clone", "--quiet", "--bare", ".", bare);

        await client.AddProjectAsync("file://" + repository.Folder);
        await client.AddProjectAsync(bare);
    }

    [Fact]
    public async Task A_worktree_and_a_detached_head_serve_as_well()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "first").Commit().Write("a.txt", "second").Commit();
        var worktree = repository.Folder + "-worktree";
        repository.Git("worktree", "add", "--quiet", "--detach", worktree, "HEAD~1");

        var project = await client.AddProjectAsync(worktree);

        Assert.Equal("first", (string)(await client.RunAsync("files.read", project, new { path = "a.txt" }))["text"]!);
    }

    [Fact]
    public async Task A_sync_brings_new_commits_and_forgets_deleted_branches()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "one").Commit();
        repository.Git("branch", "topic");
        var project = await client.AddProjectAsync(repository.Folder);
        Assert.Equal("one", (string)(await client.RunAsync("files.read", project, new { path = "a.txt" }, "topic"))["text"]!);
        repository.Write("a.txt", "two").Commit().Git("branch", "-D", "topic");

        (await client.PostAsync($"/projects/{project}/sync")).Expect(HttpStatusCode.Accepted);
        var synced = await client.SettleAsync(project);

        Assert.Equal(repository.Head, (string)synced["headCommit"]!);
        Assert.Equal("two", (string)(await client.RunAsync("files.read", project, new { path = "a.txt" }))["text"]!);
        (await client.ExecuteAsync("files.read", project, new { path = "a.txt" }, "topic")).ExpectFieldError("ref");
    }

    [Fact]
    public async Task Another_default_branch_is_read_from_then_on()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "main").Commit();
        repository.Git("checkout", "--quiet", "-b", "release");
        repository.Write("a.txt", "release").Commit();
        var project = await client.AddProjectAsync(repository.Folder, "main");
        Assert.Equal("main", (string)(await client.RunAsync("files.read", project, new { path = "a.txt" }))["text"]!);

        (await client.PatchAsync($"/projects/{project}", new { defaultBranch = "release", name = "renamed" })).Expect(HttpStatusCode.OK);
        var changed = await client.SettleAsync(project);

        Assert.Equal("renamed", (string)changed["name"]!);
        Assert.Equal("release", (string)(await client.RunAsync("files.read", project, new { path = "a.txt" }))["text"]!);
    }

    [Fact]
    public async Task A_branch_that_does_not_exist_is_told_with_those_that_do()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();

        var created = (
            await client.PostAsync(
                "/projects",
                new
                {
                    name = "p",
                    repositoryUrl = repository.Folder,
                    defaultBranch = "trunk",
                }
            )
        ).Expect(HttpStatusCode.Created);
        var project = await client.SettleAsync((Guid)created["id"]!);

        Assert.Equal("failed", (string)project["status"]!);
        Assert.Equal("The repository has no branch 'trunk'. It has: main.", (string)project["statusMessage"]!);
        Assert.Contains(
            "no branch 'trunk'",
            (string)(await client.ExecuteAsync("files.list", (Guid)project["id"]!)).ExpectProblem(HttpStatusCode.Conflict)["detail"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_empty_repository_fails_with_the_reason_and_can_be_synced_later()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        var created = (await client.PostAsync("/projects", new { name = "p", repositoryUrl = repository.Folder })).Expect(
            HttpStatusCode.Created
        );
        var id = (Guid)created["id"]!;
        Assert.Equal("The repository has no commits yet.", (string)(await client.SettleAsync(id))["statusMessage"]!);

        repository.Write("a.txt", "a").Commit();
        (await client.PostAsync($"/projects/{id}/sync")).Expect(HttpStatusCode.Accepted);

        var project = await client.SettleAsync(id);
        Assert.Equal("ready", (string)project["status"]!);
        Assert.Null(project["statusMessage"]);
    }

    [Fact]
    public async Task A_name_is_taken_once_per_user()
    {
        using var client = await platform.NewMemberAsync();
        using var other = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();
        var request = new { name = "same", repositoryUrl = repository.Folder };

        (await client.PostAsync("/projects", request)).Expect(HttpStatusCode.Created);
        (await client.PostAsync("/projects", request)).ExpectProblem(HttpStatusCode.Conflict);
        (await other.PostAsync("/projects", request)).Expect(HttpStatusCode.Created);
        (await client.PostAsync("/projects", new { name = "../up", repositoryUrl = repository.Folder })).ExpectFieldError("name");
    }

    [Fact]
    public async Task A_list_is_newest_first_and_can_be_paged()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();
        foreach (var name in new[] { "first", "second", "third" })
        {
            (await client.PostAsync("/projects", new { name, repositoryUrl = repository.Folder })).Expect(HttpStatusCode.Created);
        }

        var page = (await client.GetAsync("/projects?skip=1&limit=1")).Expect(HttpStatusCode.OK);
        var beyond = (await client.GetAsync("/projects?skip=10")).Expect(HttpStatusCode.OK);

        Assert.Equal("second", (string)page["items"]!.AsArray().Single()!["name"]!);
        Assert.Equal((1, 1, 3), ((int)page["skip"]!, (int)page["limit"]!, (int)page["total"]!));
        Assert.Empty(beyond["items"]!.AsArray());
        Assert.Equal(3, (int)beyond["total"]!);
    }

    [Fact]
    public async Task A_deleted_project_is_gone_and_its_executions_remain()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a").Commit().Folder);
        await client.RunAsync("files.list", project);

        (await client.DeleteAsync($"/projects/{project}")).Expect(HttpStatusCode.NoContent);

        (await client.GetAsync($"/projects/{project}")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.ExecuteAsync("files.list", project)).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(1, (int)(await client.GetAsync("/executions")).Expect(HttpStatusCode.OK)["total"]!);
    }
}
