using System.Text.Json.Nodes;
using SwePlatform.Api.Toolbox.Code;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class CodeStatsTests(Platform platform)
{
    [Fact]
    public async Task Lines_are_counted_by_language()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform
                .NewRepository()
                .Write("src/a.cs", "// comment\n\nclass A\n{\n    /* block\n\n    */ int x; // code too\n}\n")
                .Write("src/b.cs", "class B;\n")
                .Write("tool.py", "#!/usr/bin/env python3\n\"\"\"Doc\nstring.\"\"\"\nx = 1  # one\n")
                .Write("script", "#!/bin/bash\n# comment\necho 1\n")
                .Write("unknown.zzz", "x\n")
                .Write("image.png", [0, 1, 2])
                .Commit()
                .Folder
        );

        var all = await client.RunAsync("code.stats", project);
        var folder = await client.RunAsync("code.stats", project, new { path = "src" });

        Assert.Equal("C# 2 9 2 2 5", Line(all, "C#"));
        Assert.Equal("Python 1 4 0 2 2", Line(all, "Python"));
        Assert.Equal("Bourne Again Shell 1 3 0 1 2", Line(all, "Bourne Again Shell"));
        Assert.Equal(3, all["languages"]!.AsArray().Count);
        Assert.Equal(2, (int)all["filesNotCounted"]!);
        Assert.Equal((4, 16, 9), ((int)all["total"]!["files"]!, (int)all["total"]!["lines"]!, (int)all["total"]!["code"]!));
        Assert.Equal("C#", (string)folder["languages"]!.AsArray().Single()!["language"]!);
    }

    [Theory]
    [InlineData("a.js", "let glob = '/*';\nlet x = 1;\n", 0, 0, 2)]
    [InlineData("a.js", "let url = \"http://x\"; // y\n", 0, 0, 1)]
    [InlineData("a.js", "/* one */ /* two */\n/* a */ b /* c */\n", 0, 1, 1)]
    [InlineData("a.go", "s := \"\\\" /* \" // */\nx\n", 0, 0, 2)]
    [InlineData("a.sh", "echo $# # not a comment\n\t\n  # one\n", 1, 1, 1)]
    [InlineData("a.html", "<!-- a\nb -->\n<p>\n", 0, 2, 1)]
    [InlineData("a.sql", "-- a\nselect '--' -- b\n", 0, 1, 1)]
    [InlineData("a.lisp", "#| a\nb |#\n; c\n(d)\n", 0, 3, 1)]
    [InlineData("Dockerfile", "# a\nFROM x\n", 0, 1, 1)]
    [InlineData("a.cs", "\uFEFF// a\n", 0, 1, 0)]
    [InlineData("a.py", "x = \"\"\"\nlines\n# of text\n\n\"\"\"\n\"\"\"doc\"\"\"\ny = 1\n", 1, 1, 5)]
    [InlineData("a.py", "def f():\n    r'''Doc\n    \\''' of\n    f.'''\n    return (\n        'a'\n        # b\n    )\n", 0, 4, 4)]
    [InlineData("a.py", "'a' \\\n'b'\n'c'; 'd'\n'e' + f\n'''g'''.h()\n", 0, 2, 3)]
    [InlineData("a.py", "f(a,\n  '''b\nc''')\n'''never closed\n", 0, 1, 3)]
    [InlineData(
        "a.vue",
        "<template>\n  <!-- don't\n  -->\n  <a href=https://x>isn't // code</a>\n  // text\n"
            + "</template>\n<script setup>\n// a\nlet x = '<!--'\n</script>\n<style lang=\"scss\">\n// b\n/* c */\n</style>\n",
        0,
        5,
        9
    )]
    [InlineData("a.md", "# A\n\n<!-- b\nc -->\n`<!--` is code\n```html\n<!-- d -->\n```\ntext\n", 1, 2, 6)]
    [InlineData("a.cs", "// no newline at the end", 0, 1, 0)]
    [InlineData("a.cs", "", 0, 0, 0)]
    [InlineData("a.cs", "/* never\nclosed\n", 0, 2, 0)]
    public void Comments_are_told_from_code(string path, string text, int blank, int comment, int code)
    {
        var content = System.Text.Encoding.UTF8.GetBytes(text);

        var counts = LineCounter.Count(content, Languages.Find(path, content)!);

        Assert.Equal(new LineCounts(blank, comment, code), counts);
    }

    private static string Line(JsonNode result, string language)
    {
        var found = result["languages"]!.AsArray().Single(item => (string)item!["language"]! == language)!;
        return $"{language} {found["files"]} {found["lines"]} {found["blank"]} {found["comment"]} {found["code"]}";
    }
}
