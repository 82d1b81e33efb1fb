using System.Net;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class GitTests(Platform platform)
{
    [Fact]
    public async Task The_log_is_gits_own()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("a.txt", "1")
            .Commit("First\n\nWith a body\nof two lines.")
            .Write("src/b.txt", "1")
            .Commit("Second: \"quoted\" é");
        repository.Git(
            "commit",
            "--quiet",
            "--allow-empty",
            "--author=Grace <grace@example.com>",
            "--date=2024-02-03T04:05:06+09:00",
            "--message",
            "Third"
        );
        var project = await client.AddProjectAsync(repository.Folder);

        var commits = (await client.RunAsync("git.log", project))["commits"]!.AsArray();

        Assert.Equal(
            repository.Git("log", "--format=%H").Split('\n', StringSplitOptions.RemoveEmptyEntries),
            commits.Select(commit => (string)commit!["id"]!)
        );
        Assert.Equal(["Third", "Second: \"quoted\" é", "First"], commits.Select(commit => (string)commit!["subject"]!));
        Assert.Equal("With a body\nof two lines.", (string)commits[2]!["body"]!);
        Assert.Equal(("Grace", "grace@example.com"), ((string)commits[0]!["author"]!["name"]!, (string)commits[0]!["author"]!["email"]!));
        Assert.Equal(
            DateTimeOffset.Parse("2024-02-02T19:05:06Z", System.Globalization.CultureInfo.InvariantCulture),
            (DateTimeOffset)commits[0]!["date"]!
        );
        Assert.EndsWith("+00:00", (string)commits[0]!["date"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_narrowed_by_path_author_time_and_count()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("a.txt", "1")
            .Commit("one")
            .Write("src/b.txt", "1")
            .Commit("two")
            .Write("src/b.txt", "2")
            .Commit("three");
        repository.Git("-c", "user.name=Gr.ce", "commit", "--quiet", "--allow-empty", "--message", "four");
        var project = await client.AddProjectAsync(repository.Folder);

        async Task<string> Log(object arguments) =>
            string.Join(
                ' ',
                (await client.RunAsync("git.log", project, arguments))["commits"]!.AsArray().Select(commit => (string)commit!["subject"]!)
            );

        Assert.Equal("three two", await Log(new { path = "src" }));
        Assert.Equal("three two", await Log(new { path = "src/b.txt" }));
        Assert.Equal("four", await Log(new { author = "Gr.ce" }));
        Assert.Equal("", await Log(new { author = "Gr.*" }));
        Assert.Equal("four three", await Log(new { maxCount = 2 }));
        Assert.Equal("", await Log(new { until = "2000-01-01" }));
        Assert.Equal("four three two one", await Log(new { since = "2 weeks ago" }));
        Assert.Equal("", await Log(new { path = "--all" }));
        (await client.ExecuteAsync("git.log", project, new { since = "--output=/tmp/owned" })).ExpectFieldError("arguments.since");
        (await client.ExecuteAsync("git.log", project, new { until = "someday" })).ExpectFieldError("arguments.until");
    }

    [Fact]
    public async Task A_commit_is_shown_with_its_files_and_patch()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("old.txt", string.Concat(Enumerable.Range(0, 20).Select(line => $"{line}\n")))
            .Write("gone.txt", "x\n")
            .Write("same.txt", "a\nb\n")
            .Commit("before");
        repository.Git("mv", "old.txt", "new name.txt");
        repository.Git("rm", "--quiet", "gone.txt");
        repository.Write("same.txt", "a\nc\nd\n").Write("added.bin", [0, 1, 2]).Commit("after\n\nWhy.");
        var project = await client.AddProjectAsync(repository.Folder);

        var commit = await client.RunAsync("git.show", project, new { commit = "HEAD" });

        Assert.Equal(repository.Head, (string)commit["id"]!);
        Assert.Equal(("after", "Why."), ((string)commit["subject"]!, (string)commit["body"]!));
        Assert.Equal(
            ["added.bin  added  ", "gone.txt  deleted 0 1", "new name.txt old.txt renamed 0 0", "same.txt  modified 2 1"],
            commit["files"]!
                .AsArray()
                .Select(file => $"{file!["path"]} {file["oldPath"]} {file["status"]} {file["additions"]} {file["deletions"]}")
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(repository.Git("show", "--format=", "--patch", "--no-color", "HEAD"), (string)commit["patch"]!);
    }

    [Fact]
    public async Task A_first_commit_and_a_merge_are_shown_too()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit("root");
        repository.Git("checkout", "--quiet", "-b", "topic");
        repository.Write("b.txt", "1\n").Commit("on topic");
        repository.Git("checkout", "--quiet", "main");
        repository.Write("c.txt", "1\n").Commit("on main");
        repository.Git("merge", "--quiet", "--no-edit", "topic");
        var project = await client.AddProjectAsync(repository.Folder);

        var merge = await client.RunAsync("git.show", project, new { commit = "main" });
        var root = await client.RunAsync("git.show", project, new { commit = "main~2" });

        Assert.Equal(2, merge["parents"]!.AsArray().Count);
        Assert.Equal("b.txt", (string)merge["files"]!.AsArray().Single()!["path"]!);
        Assert.Empty(root["parents"]!.AsArray());
        Assert.Equal("added", (string)root["files"]!.AsArray().Single()!["status"]!);
    }

    [Theory]
    [InlineData("--output=/tmp/owned")]
    [InlineData("-p")]
    [InlineData("main..topic")]
    [InlineData("HEAD:a.txt")]
    public async Task A_commit_that_is_an_option_is_refused(string commit)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1").Commit().Folder);

        (await client.ExecuteAsync("git.show", project, new { commit })).ExpectFieldError("arguments.commit");
    }

    [Fact]
    public async Task An_unknown_commit_is_not_found()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1").Commit().Folder);

        var answer = (await client.ExecuteAsync("git.show", project, new { commit = new string('0', 40) })).Expect(HttpStatusCode.OK);

        Assert.Equal("not_found", (string)answer["error"]!["code"]!);
    }
}
