using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

public sealed class BranchWorkspaceTests(Platform platform)
{
    private Task<Workbench> NewBenchAsync() =>
        Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "1\n2\n3\n").Write("run.sh", "echo hi\n").Commit());

    [Fact]
    public async Task A_workspace_is_made_listed_and_deleted_with_an_audit_entry_each()
    {
        using var bench = await NewBenchAsync();

        var list = (await bench.Client.GetAsync($"/projects/{bench.Project}/workspaces")).Expect(HttpStatusCode.OK);
        var item = list["items"]!.AsArray().Single()!;
        Assert.Equal(("bench", "swe/bench", 1), ((string)item["name"]!, (string)item["branch"]!, (int)list["total"]!));
        (await bench.Client.PostAsync($"/projects/{bench.Project}/workspaces", new { name = "bench" })).ExpectProblem(
            HttpStatusCode.Conflict
        );

        (await bench.Client.DeleteAsync($"/projects/{bench.Project}/workspaces/bench")).Expect(HttpStatusCode.NoContent);

        (await bench.Client.DeleteAsync($"/projects/{bench.Project}/workspaces/bench")).ExpectProblem(HttpStatusCode.NotFound);
        (await bench.Client.GetAsync($"/projects/{bench.Project}/workspaces/bench/diff")).ExpectProblem(HttpStatusCode.NotFound);
        var events = (await bench.Client.GetAsync("/audit/logs")).Expect(HttpStatusCode.OK)["items"]!
            .AsArray()
            .Select(entry => (string)entry!["eventType"]!)
            .ToList();
        Assert.Contains("workspace.create", events);
        Assert.Contains("workspace.delete", events);
        await bench.AddAsync("bench");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("../up")]
    [InlineData("a..b")]
    [InlineData("a.lock")]
    [InlineData("a.")]
    [InlineData("head")]
    [InlineData("HEAD")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public async Task A_name_that_git_could_misread_is_refused(string name)
    {
        using var client = await platform.NewMemberAsync();
        (await client.PostAsync($"/projects/{Guid.CreateVersion7()}/workspaces", new { name })).ExpectFieldError("name");
    }

    [Fact]
    public async Task Workspaces_of_others_are_not_found()
    {
        using var bench = await NewBenchAsync();
        using var other = await platform.NewMemberAsync();

        (await other.GetAsync($"/projects/{bench.Project}/workspaces")).ExpectProblem(HttpStatusCode.NotFound);
        (await other.PostAsync($"/projects/{bench.Project}/workspaces", new { name = "x" })).ExpectProblem(HttpStatusCode.NotFound);
        (await other.GetAsync($"/projects/{bench.Project}/workspaces/bench/diff")).ExpectProblem(HttpStatusCode.NotFound);
        (await other.DeleteAsync($"/projects/{bench.Project}/workspaces/bench")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Changes_are_seen_by_the_diff_and_by_tools_that_read_before_and_after_a_commit()
    {
        using var bench = await NewBenchAsync();
        await bench.WriteAsync("a.txt", "1\ntwo\n3\n");
        await bench.WriteAsync("new/b.txt", "needle\n");
        await bench.ShellAsync("rm run.sh; printf '*.tmp\\n' > .gitignore; touch x.tmp; ln -s a.txt link");

        var diff = await bench.DiffAsync();
        Assert.Equal([".gitignore added", "a.txt modified", "link added", "new/b.txt added", "run.sh deleted"], Files(diff));
        Assert.Contains("+two", (string)diff["patch"]!, StringComparison.Ordinal);
        Assert.Equal(
            "new/b.txt",
            (string)(await bench.UseAsync("code.search", new { query = "needle" }))["matches"]!.AsArray().Single()!["path"]!
        );

        var commit = await bench.UseAsync("git.commit", new { message = "Two\n\nWhy.", author = "Grace <grace@example.com>" });

        Assert.Equal((5, "swe/bench"), ((int)commit["filesChanged"]!, (string)commit["branch"]!));
        Assert.Equal(5, Files(await bench.DiffAsync()).Count);
        Assert.Empty(Files(await bench.DiffAsync("?uncommitted=true")));
        var log = (await bench.Client.RunAsync("git.log", bench.Project, new { maxCount = 1 }, "swe/bench"))["commits"]!
            .AsArray()
            .Single()!;
        Assert.Equal(
            ((string)commit["commit"]!, "Two", "Grace"),
            ((string)log["id"]!, (string)log["subject"]!, (string)log["author"]!["name"]!)
        );
        Assert.Equal("nothing_to_commit", (await bench.FailAsync("git.commit", new { message = "Again" })).Code);
        var inside = await bench.ShellAsync("git status --short && git log --oneline | wc -l");
        Assert.Equal((0, "2\n"), inside);
    }

    [Fact]
    public async Task A_sync_leaves_workspaces_as_they_are()
    {
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        await bench.WriteAsync("a.txt", "mine\n");
        await bench.UseAsync("git.commit", new { message = "Mine" });
        await bench.WriteAsync("b.txt", "uncommitted\n");
        repository.Git("branch", "swe/bench");
        repository.Write("a.txt", "theirs\n").Commit().Git("branch", "-D", "swe/bench");

        (await bench.Client.PostAsync($"/projects/{bench.Project}/sync")).Expect(HttpStatusCode.Accepted);
        await bench.Client.SettleAsync(bench.Project);

        Assert.Equal("mine\n", await bench.ReadAsync("a.txt"));
        Assert.Equal("uncommitted\n", await bench.ReadAsync("b.txt"));
        Assert.Equal(["b.txt added"], Files(await bench.DiffAsync("?uncommitted=true")));
        var fresh = await bench.AddAsync("fresh");
        Assert.Equal("theirs\n", await fresh.ReadAsync("a.txt"));
    }

    [Fact]
    public async Task A_written_file_keeps_its_permissions_and_can_be_required_to_be_new()
    {
        using var bench = await NewBenchAsync();
        await bench.ShellAsync("chmod 755 run.sh; ln run.sh second");

        var result = await bench.UseAsync("files.write", new { path = "./run.sh", content = "echo bye\n" });

        Assert.False((bool)result["created"]!);
        Assert.Equal((0, "bye\n"), await bench.ShellAsync("./run.sh"));
        Assert.Equal("echo hi\n", await bench.ReadAsync("second"));
        Assert.Equal(
            "exists",
            (
                await bench.FailAsync(
                    "files.write",
                    new
                    {
                        path = "run.sh",
                        content = "",
                        createOnly = true,
                    }
                )
            ).Code
        );
        Assert.Equal("refused", (await bench.FailAsync("files.write", new { path = "run.sh/x", content = "" })).Code);
        (await bench.ExecuteAsync("files.write", new { path = "big", content = new string('é', 600_000) })).ExpectProblem(
            HttpStatusCode.RequestEntityTooLarge
        );
    }

    [Fact]
    public async Task A_patch_of_several_files_is_applied_whole()
    {
        using var bench = await NewBenchAsync();
        const string patch = """
            --- a/a.txt
            +++ b/a.txt
            @@ -1,3 +1,3 @@
             1
            -2
            +two
             3
            --- /dev/null
            +++ b/new.txt
            @@ -0,0 +1 @@
            +new
            diff --git a/run.sh b/bin/run.sh
            similarity index 100%
            rename from run.sh
            rename to bin/run.sh
            """;

        var files = (await bench.UseAsync("files.patch", new { patch }))["files"]!.AsArray();

        Assert.Equal(
            ["a.txt modified", "bin/run.sh renamed", "new.txt added"],
            files.Select(file => $"{file!["path"]} {file["status"]}").Order(StringComparer.Ordinal)
        );
        Assert.Equal("1\ntwo\n3\n", await bench.ReadAsync("a.txt"));
    }

    [Fact]
    public async Task A_patch_that_does_not_fit_changes_nothing_and_names_the_hunk()
    {
        using var bench = await NewBenchAsync();
        await bench.WriteAsync("long.txt", string.Concat(Enumerable.Range(1, 40).Select(line => $"line {line}\n")));
        const string patch = """
            --- a/a.txt
            +++ b/a.txt
            @@ -1,3 +1,3 @@
             1
            -2
            +two
             3
            --- a/long.txt
            +++ b/long.txt
            @@ -2,3 +2,3 @@
             line 2
            -line 3
            +line three
             line 4
            @@ -30,3 +30,3 @@
             line 30
            -line 3l
            +line thirty-one
             line 32
            """;

        var (code, message) = await bench.FailAsync("files.patch", new { patch });

        Assert.Equal("patch_failed", code);
        Assert.Equal(
            "Nothing was changed. long.txt: hunk 2 of 2 (line 30) does not fit: it expects line 31 to be 'line 3l', but "
                + "there is 'line 31'.",
            message
        );
        Assert.Equal("1\n2\n3\n", await bench.ReadAsync("a.txt"));
        var missing = await bench.FailAsync("files.patch", new { patch = "--- a/none.txt\n+++ b/none.txt\n@@ -1 +1 @@\n-a\n+b\n" });
        Assert.Contains("none.txt: No such file", missing.Message, StringComparison.Ordinal);
        var garbage = await bench.FailAsync("files.patch", new { patch = "hello" });
        Assert.Contains("No valid patches", garbage.Message, StringComparison.Ordinal);
    }

    private static List<string> Files(JsonNode diff) =>
        [.. diff["files"]!.AsArray().Select(file => $"{file!["path"]} {file["status"]}").Order(StringComparer.Ordinal)];
}
