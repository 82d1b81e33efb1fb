using System.Text;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

/// <summary>Edits of the kinds that agents send, and what they are told when one cannot be made.</summary>
public sealed class FilesEditTests(Platform platform)
{
    private const string Code = "class A\n{\n    int x = 1;\n    int y = 1;\n\n    void M()\n    {\n        Call();\n    }\n}\n";

    [Fact]
    public async Task Edits_follow_each_other_and_all_are_made()
    {
        using var bench = await NewBenchAsync();

        var result = await EditAsync(
            bench,
            ("int x = 1;", "int x = 2;", false),
            ("int x = 2;\n    int y", "int z", false),
            (" = 1", " = 7", true)
        );

        Assert.Equal(Code.Replace("int x = 1;\n    int y = 1;", "int z = 7;", StringComparison.Ordinal), await bench.ReadAsync("a.cs"));
        Assert.Equal([3, 3, 3], result["edits"]!.AsArray().Select(edit => (int)edit!["lines"]![0]!));
    }

    [Fact]
    public async Task An_edit_that_cannot_be_made_undoes_those_before_it()
    {
        using var bench = await NewBenchAsync();

        var (code, message) = await FailAsync(bench, ("int x", "int q", false), ("absent entirely", "", false));

        Assert.Equal("edit_failed", code);
        Assert.StartsWith("Nothing was changed: edit 2 of 2: the text is not in 'a.cs'.", message, StringComparison.Ordinal);
        Assert.Equal(Code, await bench.ReadAsync("a.cs"));
        Assert.Empty((await bench.DiffAsync())["files"]!.AsArray());
    }

    [Theory]
    [InlineData(" = 1;", "the text is there 2 times, at lines 3, 4: add lines around it until it is unique, or set replaceAll.")]
    [InlineData("int x  = 1;", "It is most like line 3: 'int x = 1;'.")]
    [InlineData("void M()\n{\n    Call();", "But for white space it is at line 6. Line 6 is '    void M()', not 'void M()'.")]
    [InlineData("    void M()\n    {\n        Calls();", "It is most like line 6. Line 8 is '        Call();', not '        Calls();'.")]
    [InlineData("qqqqqqqq", "Nothing is like it; read the file again.")]
    public async Task What_does_not_fit_is_told_with_what_is_there(string oldText, string expected)
    {
        using var bench = await NewBenchAsync();

        var (_, message) = await FailAsync(bench, (oldText, "new", false));

        Assert.EndsWith(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_done_before_is_told()
    {
        using var bench = await NewBenchAsync();

        var (_, message) = await FailAsync(bench, ("int x = 0;", "int x = 1;", false));

        Assert.EndsWith("The new text is there already, at line 3.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_of_lines_marks_permissions_and_encodings_stay_as_they_are()
    {
        byte[] latin = [.. "caf\xE9 = 1\nb = 2\n".Select(character => (byte)character)];
        var repository = platform
            .NewRepository()
            .Write("crlf.txt", "\uFEFFone\r\ntwo\r\nthree\r\n")
            .Write("mixed.txt", "one\r\ntwo\nthree\r\n")
            .Write("latin.txt", latin)
            .Write("run.sh", "echo hi\n")
            .Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        await bench.ShellAsync("chmod 755 run.sh; ln run.sh second");

        await bench.UseAsync("files.edit", new { path = "crlf.txt", edits = Edits(("one\ntwo", "1\n2\n2b", false)) });
        await bench.UseAsync("files.edit", new { path = "mixed.txt", edits = Edits(("one\ntwo", "1\n2", false)) });
        await bench.UseAsync("files.edit", new { path = "latin.txt", edits = Edits(("b = 2", "b = 3", false)) });
        await bench.UseAsync("files.edit", new { path = "run.sh", edits = Edits(("hi", "bye", false)) });
        var foreign = await bench.FailAsync("files.edit", new { path = "latin.txt", edits = Edits(("b = 3", "b = 'é'", false)) });

        Assert.Equal((0, "efbbbf310d0a320d0a32620d0a74687265650d0a"), await HexAsync(bench, "crlf.txt"));
        Assert.Equal((0, Hex("1\r\n2\nthree\r\n")), await HexAsync(bench, "mixed.txt"));
        Assert.Equal((0, "636166e9203d20310a62203d20330a"), await HexAsync(bench, "latin.txt"));
        Assert.Equal((0, "bye\n"), await bench.ShellAsync("./run.sh"));
        Assert.Equal("echo hi\n", await bench.ReadAsync("second"));
        Assert.Contains("only ASCII text", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_folders_pipes_and_binary_files_are_not_edited()
    {
        var repository = platform
            .NewRepository()
            .Write("a.cs", Code)
            .Write("sub/b.txt", "b\n")
            .Write("data.bin", [1, 0, 2])
            .Write("wide.txt", Encoding.Unicode.GetBytes("\uFEFFtext\n"))
            .Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        await bench.ShellAsync("ln -s a.cs link; ln -s /etc out; mkfifo pipe");

        foreach (
            var (path, code) in new[]
            {
                ("link", "refused"),
                ("out/passwd", "refused"),
                ("sub", "refused"),
                ("a.cs/x", "refused"),
                ("pipe", "unsupported"),
                ("data.bin", "unsupported"),
                ("wide.txt", "unsupported"),
                ("absent", "not_found"),
            }
        )
        {
            Assert.Equal((path, code), (path, (await bench.FailAsync("files.edit", new { path, edits = Edits(("x", "y", false)) })).Code));
        }
    }

    [Fact]
    public async Task Edits_that_mean_nothing_are_refused_by_name()
    {
        using var bench = await NewBenchAsync();

        (await bench.ExecuteAsync("files.edit", new { path = "../a", edits = Edits(("x", "y", false)) })).ExpectFieldError(
            "arguments.path"
        );
        (await bench.ExecuteAsync("files.edit", new { path = "a.cs", edits = Edits(("x", "x", false)) })).ExpectFieldError(
            "arguments.edits[0]"
        );
        (await bench.ExecuteAsync("files.edit", new { path = "a.cs", edits = Edits(("", "x", false)) })).ExpectFieldError(
            "arguments.edits[0].oldText"
        );
    }

    private Task<Workbench> NewBenchAsync() => Workbench.CreateAsync(platform, platform.NewRepository().Write("a.cs", Code).Commit());

    private static Task<JsonNode> EditAsync(Workbench bench, params (string, string, bool)[] edits) =>
        bench.UseAsync("files.edit", new { path = "a.cs", edits = Edits(edits) });

    private static Task<(string Code, string Message)> FailAsync(Workbench bench, params (string, string, bool)[] edits) =>
        bench.FailAsync("files.edit", new { path = "a.cs", edits = Edits(edits) });

    private static object[] Edits(params (string OldText, string NewText, bool ReplaceAll)[] edits) =>
        [
            .. edits.Select(edit => new
            {
                oldText = edit.OldText,
                newText = edit.NewText,
                replaceAll = edit.ReplaceAll,
            }),
        ];

    private static Task<(int, string)> HexAsync(Workbench bench, string path) => bench.ShellAsync($"od -An -v -tx1 {path} | tr -d ' \\n'");

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
