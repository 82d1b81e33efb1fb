using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class GitComparisonTests(Platform platform)
{
    [Fact]
    public async Task A_diff_is_gits_own_between_any_two_commits()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n").Write("b/c.txt", "x\n").Commit("one");
        repository.Git("tag", "v1");
        repository.Write("a.txt", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n").Commit("two").Write("b/c.txt", "y\n").Commit("three");
        var project = await client.AddProjectAsync(repository.Folder);

        var parent = await client.RunAsync("git.diff", project);
        var tag = await client.RunAsync("git.diff", project, new { @base = "v1" });
        var folder = await client.RunAsync("git.diff", project, new { @base = "v1", path = "b" });
        var narrow = await client.RunAsync(
            "git.diff",
            project,
            new
            {
                @base = "v1",
                path = "a.txt",
                contextLines = 0,
            }
        );

        Assert.Equal(repository.Git("diff", "HEAD^", "HEAD"), (string)parent["patch"]!);
        Assert.Equal(repository.Git("diff", "v1", "HEAD"), (string)tag["patch"]!);
        Assert.Equal(
            ["a.txt modified 1 1", "b/c.txt modified 1 1"],
            tag["files"]!.AsArray().Select(file => $"{file!["path"]} {file["status"]} {file["additions"]} {file["deletions"]}")
        );
        Assert.Equal("b/c.txt", (string)folder["files"]!.AsArray().Single()!["path"]!);
        Assert.Equal(repository.Git("diff", "--unified=0", "v1", "HEAD", "--", "a.txt"), (string)narrow["patch"]!);
        (await client.ExecuteAsync("git.diff", project, new { @base = "--output=/tmp/owned" })).ExpectFieldError("arguments.base");
        Assert.Equal(
            "not_found",
            (string)(await client.ExecuteAsync("git.diff", project, new { @base = "nowhere" })).Body!["error"]!["code"]!
        );
        Assert.Equal("not_found", (string)(await client.ExecuteAsync("git.diff", project, @ref: "v1")).Body!["error"]!["code"]!);
    }

    [Fact]
    public async Task Blame_names_the_commit_of_each_line()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("old name.txt", "first\nsecond\nthird\nfourth\n").Commit("one");
        var first = repository.Head;
        repository.Git("mv", "old name.txt", "new.txt");
        repository.Commit("moved").Write("new.txt", "first\nsecond\nTHIRD\nfourth\n").Commit("two");
        var project = await client.AddProjectAsync(repository.Folder);

        var blame = await client.RunAsync("git.blame", project, new { path = "new.txt" });
        var part = await client.RunAsync(
            "git.blame",
            project,
            new
            {
                path = "new.txt",
                startLine = 3,
                endLine = 3,
            }
        );

        Assert.Equal(
            [$"1-2 {first} old name.txt", $"3-3 {repository.Head} ", $"4-4 {first} old name.txt"],
            blame["lines"]!.AsArray().Select(line => $"{line!["startLine"]}-{line["endLine"]} {line["commit"]} {line["originalPath"]}")
        );
        Assert.Equal(["one", "two"], blame["commits"]!.AsArray().Select(commit => (string)commit!["subject"]!).Order());
        Assert.Equal("ada@example.com", (string)blame["commits"]![0]!["author"]!["email"]!);
        Assert.Equal(repository.Head, (string)part["lines"]!.AsArray().Single()!["commit"]!);
        Assert.Equal(
            "not_found",
            (string)(await client.ExecuteAsync("git.blame", project, new { path = "gone.txt" })).Body!["error"]!["code"]!
        );
        Assert.Equal(
            "not_found",
            (string)(await client.ExecuteAsync("git.blame", project, new { path = "new.txt", startLine = 99 })).Body!["error"]!["code"]!
        );
    }

    [Fact]
    public async Task Branches_and_tags_are_listed_as_they_are_now()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1").Commit("one");
        repository.Git("tag", "light");
        repository.Git("tag", "-a", "heavy", "-m", "annotated");
        repository.Git("branch", "topic/x");
        var project = await client.AddProjectAsync(repository.Folder);

        var result = await client.RunAsync("git.branches", project);
        repository.Git("branch", "later");
        await client.PostAsync($"/projects/{project}/sync");
        await client.SettleAsync(project);
        var later = await client.RunAsync("git.branches", project);

        Assert.Equal(["main", "topic/x"], result["branches"]!.AsArray().Select(branch => (string)branch!["name"]!).Order());
        Assert.Equal("main", (string)result["branches"]!.AsArray().Single(branch => (bool)branch!["isDefault"]!)!["name"]!);
        Assert.All(result["tags"]!.AsArray(), tag => Assert.Equal(repository.Head, (string)tag!["commit"]!));
        Assert.Equal(3, later["branches"]!.AsArray().Count);
    }

    [Fact]
    public async Task Branches_come_last_changed_first_and_tags_newest_first()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        foreach (var (branch, day) in new[] { ("middle", 12), ("newest", 20), ("oldest", 3) })
        {
            repository.Git("checkout", "--quiet", "--orphan", branch);
            var time = $"2024-02-{day:00}T00:00:00Z";
            repository.Write("a.txt", branch).Git("add", "--all");
            repository.Git("-c", "user.name=Ada", "commit", "--quiet", "--message", branch);
            var text = repository.Git("cat-file", "commit", "HEAD");
            var committer = System.Text.RegularExpressions.Regex.Replace(
                text,
                "(?m)^(committer .*>) .*$",
                $"$1 {DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds()} +0000"
            );
            repository.Git("update-ref", $"refs/heads/{branch}", repository.StoreCommit(System.Text.Encoding.UTF8.GetBytes(committer)));
            repository.Git("tag", $"light-{branch}", branch);
        }
        repository.Git("tag", "-a", "heavy", "oldest", "-m", "now");
        repository.Git("tag", "-a", "heavier", "heavy", "-m", "a tag of a tag, a moment later");
        repository.Git("tag", "file", "oldest:a.txt");
        var project = await client.AddProjectAsync(repository.Folder, "middle");

        var result = await client.RunAsync("git.branches", project);

        Assert.Equal(
            repository
                .Git(
                    "for-each-ref",
                    "--sort=-committerdate",
                    "--format=%(refname:lstrip=2) %(objectname) %(contents:subject)",
                    "refs/heads"
                )
                .Trim()
                .Split('\n'),
            result["branches"]!.AsArray().Select(branch => $"{branch!["name"]} {branch["commit"]} {branch["subject"]}")
        );
        Assert.Equal(
            repository.Git("for-each-ref", "--sort=-creatordate", "--format=%(refname:lstrip=2)", "refs/tags").Trim().Split('\n'),
            result["tags"]!.AsArray().Select(tag => (string)tag!["name"]!)
        );
        Assert.Equal(
            repository.Git("rev-parse", "oldest").Trim(),
            (string)result["tags"]!.AsArray().Single(tag => (string)tag!["name"]! == "heavier")!["commit"]!
        );
        Assert.Equal("middle", (string)result["branches"]!.AsArray().Single(branch => (bool)branch!["isDefault"]!)!["name"]!);
    }
}
