using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Patches as agents really write them: applied, or refused with what is wrong.</summary>
public sealed class PatchFormsTests(Platform platform)
{
    private const string Text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";

    [Theory]
    // No line behind the change, in the middle of the file.
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n two\n-three\n+3\n", "three", "3")]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -3,2 +3,3 @@\n three\n four\n+4b\n", "four\n", "four\n4b\n")]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -3 +3 @@\n-three\n+3\n", "three", "3")]
    // Counts that are too small, too large, or missing.
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -2,2 +2,2 @@\n two\n-three\n+3\n four\n", "three", "3")]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -2,9 +2,9 @@\n two\n-three\n+3\n four\n\n", "three", "3")]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@ -2 +2 @@ class X\n two\n-three\n+3\n four", "three", "3")]
    [InlineData(
        "--- a.txt\n+++ a.txt\n@@ -2,1 +2,7 @@\n two\n-three\n+3\n four\n@@ -6,1 +6,1 @@\n six\n-seven\n+7\n eight\n",
        "three",
        "3",
        "seven",
        "7"
    )]
    // No numbers at all.
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@\n two\n-three\n+3\n@@ six @@\n-seven\n+7\n", "three", "3", "seven", "7")]
    [InlineData("```diff\n--- a/a.txt\n+++ b/a.txt\n@@\n-eight\n+8\n```\n", "eight", "8")]
    // Between marks, without numbers.
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n@@\n two\n-three\n+3\n four\n*** End Patch", "three", "3")]
    [InlineData(
        "*** Begin Patch\n*** Update File: a.txt\n@@ five\n six\n-seven\n+7\n@@\n-eight\n+8\n*** End of File\n*** End Patch\n",
        "seven\neight",
        "7\n8"
    )]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n@@\n   two  \n-three\n+3\n*** End Patch\n", "three", "3")]
    public async Task A_patch_that_says_enough_is_applied(string patch, params string[] changes)
    {
        using var bench = await NewBenchAsync();

        await bench.UseAsync("files.patch", new { patch });

        var expected = Text;
        for (var index = 0; index < changes.Length; index += 2)
        {
            expected = expected.Replace(changes[index], changes[index + 1], StringComparison.Ordinal);
        }
        Assert.Equal(expected, await bench.ReadAsync("a.txt"));
    }

    [Theory]
    [InlineData("*** Begin Patch\n*** Update File: no.txt\n@@\n-x\n+y\n*** End Patch", "no.txt: the file does not exist.")]
    [InlineData(
        "*** Begin Patch\n*** Update File: a.txt\n@@\n two\n-threee\n+3\n*** End Patch",
        "a.txt: hunk 1: its lines are not in the file. It is most like line 2. Line 3 is 'three', not 'threee'."
    )]
    [InlineData(
        "*** Begin Patch\n*** Update File: twice.txt\n@@\n-x\n+y\n*** End Patch",
        "twice.txt: hunk 1: its lines are there more than once, at lines 1 and 3: add lines around them."
    )]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n@@ class Q\n-x\n+y\n*** End Patch", "a.txt: hunk 1: there is no line 'class Q'.")]
    [InlineData("*** Begin Patch\n*** Rename File: a.txt\n*** End Patch", "'*** Rename File: a.txt' is neither")]
    [InlineData("*** Begin Patch\n*** Update File: ../a\n@@\n-x\n+y\n*** End Patch", "A path has no '..'")]
    [InlineData("*** Begin Patch\n*** Update File: .git/config\n@@\n-x\n+y\n*** End Patch", "Git's own files")]
    [InlineData("*** Begin Patch\n*** Update File: link\n@@\n-x\n+y\n*** End Patch", "links are not followed")]
    [InlineData(
        "--- a/a.txt\n+++ b/a.txt\n@@ -2,4 +2,3 @@\n two\nthree\n+3\n",
        "a.txt: hunk 1: its line 2 begins neither with a blank, nor with '+' or '-': 'three'."
    )]
    [InlineData("--- a/a.txt\n+++ b/a.txt\n@@\n-zzz\n+3\n", "a.txt: hunk 1: its lines are not in the file.")]
    public async Task A_patch_that_does_not_fit_is_told_what_is_wrong(string patch, string expected)
    {
        using var bench = await NewBenchAsync();
        await bench.ShellAsync("ln -s a.txt link");

        var (_, message) = await bench.FailAsync("files.patch", new { patch });

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(Text, await bench.ReadAsync("a.txt"));
    }

    [Fact]
    public async Task A_patch_between_marks_adds_deletes_and_moves_and_is_all_or_nothing()
    {
        var repository = platform
            .NewRepository()
            .Write("a.txt", Text)
            .Write("crlf.txt", "one\r\ntwo\r\n")
            .Write("open.txt", "one\nlast")
            .Write("gone.txt", "gone\nlast")
            .Write("empty.txt", "")
            .Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        const string good = """
            *** Begin Patch
            *** Add File: new/b.txt
            +first
            +
            +third
            *** Delete File: gone.txt
            *** Delete File: empty.txt
            *** Update File: a.txt
            *** Move to: moved/a.txt
            @@
            -two
            +2
            *** Update File: crlf.txt
            @@
             one
            -two
            +2
            +3
            *** Update File: open.txt
            @@
            -last
            +end
            """;

        var (_, broken) = await bench.FailAsync(
            "files.patch",
            new { patch = $"{good}\n*** Update File: a.txt\n@@\n-nowhere\n*** End Patch" }
        );
        Assert.Contains("hunk 1", broken, StringComparison.Ordinal);
        Assert.Empty((await bench.DiffAsync())["files"]!.AsArray());
        var result = await bench.UseAsync("files.patch", new { patch = $"{good}\n*** End Patch\n" });

        Assert.Equal(
            ["crlf.txt", "empty.txt", "gone.txt", "moved/a.txt", "new/b.txt", "open.txt"],
            result["files"]!.AsArray().Select(file => (string)file!["path"]!).Order(StringComparer.Ordinal)
        );
        Assert.Equal(Text.Replace("two", "2", StringComparison.Ordinal), await bench.ReadAsync("moved/a.txt"));
        Assert.Equal("first\n\nthird\n", await bench.ReadAsync("new/b.txt"));
        Assert.Equal("one\r\n2\r\n3\r\n", await bench.ReadAsync("crlf.txt"));
        Assert.StartsWith("one\nend", await bench.ReadAsync("open.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("src")]
    [InlineData("src/")]
    public async Task A_folder_is_listed_by_another_tool(string path)
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("src/a.txt", "a\n").Commit());

        var (code, message) = await bench.FailAsync("files.read", new { path });

        Assert.Equal("unsupported", code);
        Assert.Contains("files.list {", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_find_packages_below_src_and_failures_say_what_pytest_says()
    {
        var repository = platform
            .NewRepository()
            .Write("pyproject.toml", "[project]\nname = \"mine\"\nversion = \"1\"\n")
            .Write("src/mine/__init__.py", "def one():\n    return 1\n")
            .Write(
                "tests/test_mine.py",
                "import mine\n\ndef test_good():\n    assert mine.one() == 1\n\ndef test_bad():\n    assert mine.one() == 2, 'not two'\n"
            )
            .Write("tests/test_gone.py", "import gone\n")
            .Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        Assert.SkipUnless((await bench.ShellAsync("/usr/bin/python3 -c 'import pytest'")).ExitCode == 0, "pytest is not installed.");

        var all = await bench.UseAsync("project.test", new { });
        await bench.ShellAsync("rm tests/test_gone.py");
        var rest = await bench.UseAsync("project.test", new { });

        Assert.Contains(
            Messages(all),
            message => message.Contains("ModuleNotFoundError: No module named 'gone'", StringComparison.Ordinal)
        );
        Assert.Equal(
            "AssertionError: not two\nassert 1 == 2\n +  where 1 = <function one at",
            string.Join("", Messages(rest)).Split(" 0x")[0]
        );
        Assert.Equal((2, 1), ((int)rest["counts"]!["total"]!, (int)rest["counts"]!["passed"]!));

        static IEnumerable<string> Messages(JsonNode result) =>
            result["failures"]!.AsArray().Select(failure => (string)failure!["message"]!);
    }

    private Task<Workbench> NewBenchAsync() =>
        Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", Text).Write("twice.txt", "x\nq\nx\n").Commit());
}
