using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Commits that no editor makes, but that repositories have. Git's own reading of them is the right one.</summary>
public sealed class StrangeCommitTests(Platform platform)
{
    private const string Plain = "Ada <ada@example.com> 1700000000 +0100";

    private static readonly (string Author, string Extra, string Message)[] Commits =
    [
        (Plain, "", "Plain\n"),
        (Plain, "", "\n \t\n  Blank lines first\nand two lines  \n \r\n\n body \n\n\nmore\n\n"),
        (Plain, "", "carriage\r\nreturns\r\n\r\nin the\r\nbody\r\n"),
        (Plain, "", "vertical\vtab\f\n\fno blank line\n\nbody"),
        (Plain, "", ""),
        (Plain, "", "\n\n\n"),
        (Plain, "", "no line feed"),
        (Plain, "encoding ISO-8859-1\n", "caf\u00e9\n\n\u00fcber\n"),
        (Plain, "encoding no-such-encoding\n", "plain enough\n"),
        (
            Plain,
            "gpgsig -----BEGIN PGP SIGNATURE-----\n \n author Eve <eve@example.com> 1 +0000\n -----END PGP SIGNATURE-----\n",
            "signed\n"
        ),
        ("Ada  Lovelace  <ada@example.com> 1700000000 -0730", "", "blanks in the name\n"),
        (" <nobody@example.com> 1700000000 +0000", "", "no name\n"),
        ("Ada <> 1700000000 +0000", "", "no address\n"),
        ("Ada < ada@example.com > 1700000000 +0000", "", "blanks in the address\n"),
        ("Ada <ada@example.com>", "", "no time\n"),
        ("Ada <a<b>c> 1700000000 +0000", "", "brackets\n"),
        ("\u00c5da <ada@example.com> 1700000000 +0000", "", "bytes that are no UTF-8\n"),
    ];

    public static TheoryData<int> Each => [.. Enumerable.Range(0, Commits.Length)];

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_strange_commit_reads_as_git_prints_it(int number)
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        var (author, extra, message) = Commits[number];
        var text = $"tree {repository.Git("rev-parse", "HEAD^{tree}").Trim()}\nauthor {author}\ncommitter {Plain}\n{extra}\n{message}";
        repository.Git("update-ref", "refs/heads/main", repository.StoreCommit(Encoding.Latin1.GetBytes(text)));
        var project = await client.AddProjectAsync(repository.Folder);
        var printed = repository.Git("show", "--no-patch", "--format=%an%x00%ae%x00%at%x00%s%x00%b%x00").Split('\0');

        var logged = (await client.RunAsync("git.log", project))["commits"]![0]!;
        var shown = await client.RunAsync("git.show", project, new { commit = "HEAD" });
        var branch = (await client.RunAsync("git.branches", project))["branches"]!.AsArray().Single()!;
        var blamed = await client.RunAsync("git.blame", project, new { path = "a.txt" });

        Assert.Equal(printed[3], (string)branch["subject"]!);
        Assert.Equal(repository.Head, (string)blamed["lines"]!.AsArray().Single()!["commit"]!);
        foreach (var commit in new[] { logged, shown })
        {
            Assert.Equal((printed[0], printed[1]), ((string)commit["author"]!["name"]!, (string)commit["author"]!["email"]!));
            Assert.Equal(
                printed[2].Length == 0 ? "0" : printed[2],
                ((DateTimeOffset)commit["date"]!).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
            );
            Assert.Equal((printed[3], printed[4].TrimEnd('\n')), ((string)commit["subject"]!, (string)commit["body"]!));
        }
    }

    [Theory]
    [InlineData("tree {0}\nparent {1}")]
    [InlineData("tree {0}\nauthor Ada")]
    [InlineData("tree {0}\n\n")]
    public async Task A_commit_that_breaks_off_is_listed_as_git_lists_it(string format)
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        var tree = repository.Git("rev-parse", "HEAD^{tree}").Trim();
        var broken = repository.StoreCommit(
            Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, format, tree, repository.Head))
        );
        repository.Git(
            "update-ref",
            "refs/heads/main",
            repository.StoreCommit(Encoding.UTF8.GetBytes($"tree {tree}\nparent {broken}\nauthor {Plain}\ncommitter {Plain}\n\nlast\n"))
        );
        var project = await client.AddProjectAsync(repository.Folder);
        var expected = repository.Git("log", "--format=%H").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        foreach (var author in new[] { null, "Ada" })
        {
            var logged = (await client.RunAsync("git.log", project, new { author }))["commits"]!
                .AsArray()
                .Select(commit => (string)commit!["id"]!);
            Assert.Equal(author is null ? expected : [repository.Head], logged.Where(id => author is null || id != broken));
        }
        Assert.Equal(broken, (string)(await client.RunAsync("git.show", project, new { commit = broken }))["id"]!);
        await client.RunAsync("git.diff", project, new { @base = broken });
    }

    [Fact]
    public async Task Commits_too_large_to_hold_are_refused_and_fewer_are_listed()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        for (var number = 0; number < 3; number++)
        {
            repository.Git(
                "update-ref",
                "refs/heads/main",
                repository.StoreCommit(
                    Encoding.UTF8.GetBytes(
                        $"tree {repository.Git("rev-parse", "HEAD^{tree}").Trim()}\nparent {repository.Head}\n"
                            + $"author {Plain}\ncommitter {Plain}\n\n{new string('a', 12_000_000)}\n"
                    )
                )
            );
        }
        var project = await client.AddProjectAsync(repository.Folder);

        var all = (await client.ExecuteAsync("git.log", project)).Body!;
        var one = (await client.RunAsync("git.log", project, new { maxCount = 1, author = "Ada" }))["commits"]!.AsArray();
        var two = (await client.RunAsync("git.log", project, new { maxCount = 2 }))["commits"]!.AsArray();

        Assert.Equal("git", (string)all["error"]!["code"]!);
        Assert.Contains("Ask for fewer", (string)all["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(12_000_000, ((string)one.Single()!["subject"]!).Length);
        Assert.Equal(12_000_000, ((string)two[1]!["subject"]!).Length);
    }

    [Fact]
    public async Task A_patch_too_long_is_cut_and_the_next_one_is_whole()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "1\n").Commit();
        repository
            .Write("long.txt", string.Concat(Enumerable.Range(0, 100_000).Select(line => $"line number {line}\n")))
            .Write("z.txt", "last\n")
            .Commit("long");
        repository.Write("a.txt", "2\n").Commit("short");
        var project = await client.AddProjectAsync(repository.Folder);

        for (var turn = 0; turn < 2; turn++)
        {
            var cut = (await client.ExecuteAsync("git.show", project, new { commit = "HEAD~1" }, ("Cache-Control", "no-cache"))).Body![
                "result"
            ]!;
            var whole = (await client.ExecuteAsync("git.show", project, new { commit = "HEAD" }, ("Cache-Control", "no-cache"))).Body![
                "result"
            ]!;
            var diff = (await client.ExecuteAsync("git.diff", project, new { @base = "HEAD~2" }, ("Cache-Control", "no-cache"))).Body![
                "result"
            ]!;

            Assert.True((bool)cut["patchTruncated"]!);
            Assert.Equal(512 * 1024, ((string)cut["patch"]!).Length);
            Assert.Equal(["long.txt added 100000 0", "z.txt added 1 0"], Files(cut));
            Assert.False((bool)whole["patchTruncated"]!);
            Assert.Equal(repository.Git("show", "--format=", "HEAD"), (string)whole["patch"]!);
            Assert.Equal(["a.txt modified 1 1", "long.txt added 100000 0", "z.txt added 1 0"], Files(diff));
        }

        static IEnumerable<string> Files(JsonNode result) =>
            result["files"]!.AsArray().Select(file => $"{file!["path"]} {file["status"]} {file["additions"]} {file["deletions"]}");
    }
}
