using System.Net;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Files that are moved, deleted, made and restored.</summary>
public sealed class FilesMoveTests(Platform platform)
{
    [Fact]
    public async Task Files_and_folders_are_moved_with_what_is_in_them()
    {
        using var bench = await NewBenchAsync();

        await bench.UseAsync("files.move", new { from = "src/a.txt", to = "new/deep/b.txt" });
        await bench.UseAsync("files.move", new { from = "lib/", to = "src/lib" });

        Assert.Equal((0, "new/deep/b.txt\nrun.sh\nsrc/lib/x/y.txt\nsrc/lib/z.bin\n"), await FilesAsync(bench));
        Assert.Equal("a\n", await bench.ReadAsync("new/deep/b.txt"));
    }

    [Fact]
    public async Task What_is_there_already_stays_unless_it_may_be_replaced()
    {
        using var bench = await NewBenchAsync();

        Assert.Equal("exists", (await bench.FailAsync("files.move", new { from = "run.sh", to = "src/a.txt" })).Code);
        Assert.Equal("exists", (await bench.FailAsync("files.move", Over("lib", "src/a.txt"))).Code);
        Assert.Equal("exists", (await bench.FailAsync("files.move", Over("run.sh", "lib"))).Code);
        Assert.Equal("refused", (await bench.FailAsync("files.move", new { from = "lib", to = "lib/x/lib" })).Code);
        Assert.Equal("refused", (await bench.FailAsync("files.move", new { from = "lib", to = "./lib" })).Code);
        Assert.Equal("not_found", (await bench.FailAsync("files.move", new { from = "absent", to = "b" })).Code);
        Assert.Empty((await bench.DiffAsync())["files"]!.AsArray());

        Assert.True((bool)(await bench.UseAsync("files.move", Over("run.sh", "src/a.txt")))["replaced"]!);
        Assert.Equal("echo hi\n", await bench.ReadAsync("src/a.txt"));

        static object Over(string from, string to) =>
            new
            {
                from,
                to,
                overwrite = true,
            };
    }

    [Fact]
    public async Task A_folder_is_deleted_whole_only_if_that_is_said()
    {
        using var bench = await NewBenchAsync();

        var (code, message) = await bench.FailAsync("files.delete", new { path = "lib" });
        Assert.Equal(("refused", true), (code, message.Contains("with 3 files and folders; recursive: true", StringComparison.Ordinal)));
        Assert.Equal(4, (int)(await bench.UseAsync("files.delete", new { path = "lib/", recursive = true }))["entries"]!);
        Assert.Equal(1, (int)(await bench.UseAsync("files.delete", new { path = "run.sh" }))["entries"]!);
        Assert.Equal("not_found", (await bench.FailAsync("files.delete", new { path = "run.sh" })).Code);
        Assert.Equal((0, "src/a.txt\n"), await FilesAsync(bench));
    }

    [Fact]
    public async Task Links_are_moved_and_deleted_and_never_followed()
    {
        using var bench = await NewBenchAsync();
        await bench.ShellAsync(
            "mkdir keep; echo k > keep/k.txt; ln -s keep folder; ln -s keep/k.txt file; ln -s nowhere dangling; mkfifo pipe"
        );

        foreach (var through in new[] { "folder/k.txt", "folder/new" })
        {
            Assert.Equal("refused", (await bench.FailAsync("files.move", new { from = through, to = "b" })).Code);
            Assert.Equal("refused", (await bench.FailAsync("files.move", new { from = "run.sh", to = through })).Code);
            Assert.Equal("refused", (await bench.FailAsync("files.delete", new { path = through })).Code);
            Assert.Equal("refused", (await bench.FailAsync("files.mkdir", new { path = through })).Code);
            Assert.Equal("refused", (await bench.FailAsync("files.restore", new { path = through })).Code);
        }
        await bench.UseAsync("files.move", new { from = "dangling", to = "moved" });
        foreach (var path in new[] { "folder", "file", "moved", "pipe" })
        {
            Assert.Equal(1, (int)(await bench.UseAsync("files.delete", new { path }))["entries"]!);
        }
        await bench.ShellAsync("mkdir sub; ln -s ../keep sub/link; ln -s / sub/root");
        await bench.UseAsync("files.delete", new { path = "sub", recursive = true });

        Assert.Equal((0, "keep/k.txt\nlib/x/y.txt\nlib/z.bin\nrun.sh\nsrc/a.txt\n"), await FilesAsync(bench));
        Assert.Equal("k\n", await bench.ReadAsync("keep/k.txt"));
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".git/")]
    [InlineData(".GIT/config")]
    [InlineData("sub/.git/hooks")]
    [InlineData("git~1")]
    [InlineData("../outside")]
    [InlineData("a/../../outside/")]
    [InlineData("/etc/passwd")]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public async Task Gits_own_files_the_root_and_paths_that_lead_out_are_left_alone(string path)
    {
        using var bench = await NewBenchAsync();

        (await bench.ExecuteAsync("files.move", new { from = path, to = "b" })).ExpectFieldError("arguments.from");
        (await bench.ExecuteAsync("files.move", new { from = "run.sh", to = path })).ExpectFieldError("arguments.to");
        (await bench.ExecuteAsync("files.delete", new { path, recursive = true })).ExpectFieldError("arguments.path");
        (await bench.ExecuteAsync("files.mkdir", new { path })).ExpectFieldError("arguments.path");
        (await bench.ExecuteAsync("files.restore", new { path })).ExpectFieldError("arguments.path");
        Assert.Empty((await bench.DiffAsync())["files"]!.AsArray());
    }

    [Fact]
    public async Task A_folder_is_made_and_git_is_told_nothing_of_it()
    {
        using var bench = await NewBenchAsync();

        var made = await bench.UseAsync("files.mkdir", new { path = "out/bin/" });
        var again = await bench.UseAsync("files.mkdir", new { path = "out/bin" });
        var full = await bench.UseAsync("files.mkdir", new { path = "lib" });

        Assert.Equal((true, false), ((bool)made["created"]!, (bool)made["inGit"]!));
        Assert.False((bool)again["created"]!);
        Assert.True((bool)full["inGit"]!);
        Assert.Equal((0, "out/bin\n"), await bench.ShellAsync("find out -mindepth 1"));
        Assert.Empty((await bench.DiffAsync())["files"]!.AsArray());
        Assert.Equal("exists", (await bench.FailAsync("files.mkdir", new { path = "run.sh" })).Code);
        Assert.Equal("refused", (await bench.FailAsync("files.mkdir", new { path = "run.sh/x" })).Code);
    }

    [Fact]
    public async Task What_was_committed_is_brought_back()
    {
        var repository = NewRepository();
        var first = repository.Head;
        repository.Write("src/a.txt", "second\n").Commit("Second");
        using var bench = await Workbench.CreateAsync(platform, repository);
        await bench.ShellAsync("echo changed > src/a.txt; rm -r lib; rm run.sh; ln -s /etc/passwd run.sh; echo new > src/new.txt");

        var file = await bench.UseAsync("files.restore", new { path = "src/a.txt" });
        await bench.UseAsync("files.restore", new { path = "lib" });
        await bench.UseAsync("files.restore", new { path = "run.sh" });
        var again = await bench.UseAsync("files.restore", new { path = "run.sh" });

        Assert.Equal("src/a.txt", (string)file["files"]![0]!["path"]!);
        Assert.Empty(again["files"]!.AsArray());
        Assert.Equal("second\n", await bench.ReadAsync("src/a.txt"));
        Assert.Equal((0, "0001\nhi\n"), await bench.ShellAsync("od -An -v -tx1 lib/z.bin | tr -d ' \\n'; echo; ./run.sh"));
        await bench.UseAsync("files.restore", new { path = "src", from = first });
        Assert.Equal("a\n", await bench.ReadAsync("src/a.txt"));
        Assert.Equal("new\n", await bench.ReadAsync("src/new.txt"));

        Assert.Equal("not_found", (await bench.FailAsync("files.restore", new { path = "src/new.txt" })).Code);
        Assert.Equal("not_found", (await bench.FailAsync("files.restore", new { path = ":(glob)**" })).Code);
        Assert.Equal("not_found", (await bench.FailAsync("files.restore", new { path = "src/a.txt", from = "no-such" })).Code);
        (await bench.ExecuteAsync("files.restore", new { path = "a", from = "--all" })).ExpectFieldError("arguments.from");
    }

    [Fact]
    public async Task Editing_is_for_those_who_name_a_workspace()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(NewRepository().Folder);

        foreach (
            var (tool, arguments) in new (string, object)[] { ("files.delete", new { path = "a" }), ("files.mkdir", new { path = "a" }) }
        )
        {
            (await client.ExecuteAsync(tool, project, arguments)).ExpectProblem(HttpStatusCode.BadRequest);
        }
    }

    private TestRepository NewRepository()
    {
        var repository = platform
            .NewRepository()
            .Write("src/a.txt", "a\n")
            .Write("lib/x/y.txt", "y\n")
            .Write("lib/z.bin", [0, 1])
            .Write("run.sh", "echo hi\n")
            .Commit();
        repository.Git("-c", "alias.run=!chmod 755 run.sh", "run");
        return repository.Commit("Make it run");
    }

    private Task<Workbench> NewBenchAsync() => Workbench.CreateAsync(platform, NewRepository());

    private static Task<(int, string)> FilesAsync(Workbench bench) =>
        bench.ShellAsync("find . -type f -not -path './.git*' | sed 's|^./||' | sort");
}
