using System.Text;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Toolbox;

public sealed class CodeSearchTests(Platform platform)
{
    [Theory]
    [InlineData("total", false, true)]
    [InlineData("TOTAL", false, false)]
    [InlineData("a.b", false, true)]
    [InlineData("naïve", false, true)]
    [InlineData("NAÏVE", false, false)]
    [InlineData("\t", false, true)]
    [InlineData("-e", false, true)]
    [InlineData(@"to+tal\b", true, true)]
    [InlineData("^$", true, true)]
    [InlineData("^", true, true)]
    [InlineData("x*", true, true)]
    [InlineData(@"\s+int", true, true)]
    [InlineData("[^a]b", true, true)]
    [InlineData("int|return", true, false)]
    [InlineData(@"[[:digit:]]{2,}", true, true)]
    [InlineData(@";\s*$", true, true)]
    [InlineData(@"é.", true, true)]
    [InlineData("\r", false, true)]
    [InlineData(@"\bneedle\b", true, true)]
    [InlineData("^needle", true, true)]
    [InlineData("K", true, true)]
    [InlineData(@"\W\W\W\W\W", true, true)]
    public async Task It_finds_what_git_grep_finds(string query, bool regex, bool caseSensitive)
    {
        using var client = await platform.NewMemberAsync();
        var repository = Sample();
        var project = await client.AddProjectAsync(repository.Folder);

        var result = await client.RunAsync(
            "code.search",
            project,
            new
            {
                query,
                regex,
                caseSensitive,
                maxMatches = 100_000,
            }
        );

        string[] options =
        [
            "-I",
            "-n",
            "--column",
            "-z",
            regex ? "-P" : "-F",
            .. caseSensitive ? Array.Empty<string>() : ["-i"],
            "-e",
            query,
            "HEAD",
        ];
        var expected = repository
            .Grep(options)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line["HEAD:".Length..].Split('\0'))
            .Select(fields => $"{fields[0]}:{fields[1]}:{fields[2]}:{fields[3].TrimEnd('\r')}");
        Assert.Equal(expected, Lines(result).Select(match => $"{match["path"]}:{match["line"]}:{match["column"]}:{match["text"]}"));
        Assert.False((bool)result["truncated"]!);
    }

    [Fact]
    public async Task Matches_are_cut_in_order_and_it_says_so()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        for (var file = 0; file < 50; file++)
        {
            repository.Write($"{file:00}.txt", string.Concat(Enumerable.Repeat("needle\n", 10)));
        }
        var project = await client.AddProjectAsync(repository.Commit().Folder);

        var cut = await client.RunAsync("code.search", project, new { query = "needle", maxMatches = 25 });
        var exact = await client.RunAsync("code.search", project, new { query = "needle", maxMatches = 500 });

        Assert.Equal(25, Lines(cut).Count);
        Assert.Equal(("00.txt", 1), ((string)Lines(cut)[0]["path"]!, (int)Lines(cut)[0]["line"]!));
        Assert.Equal(("02.txt", 5), ((string)Lines(cut)[24]["path"]!, (int)Lines(cut)[24]["line"]!));
        Assert.True((bool)cut["truncated"]!);
        Assert.Equal(500, Lines(exact).Count);
        Assert.False((bool)exact["truncated"]!);
        Assert.Equal(50, (int)exact["filesSearched"]!);
    }

    [Fact]
    public async Task Context_lines_stay_within_the_file()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "1\n2\n3 here\n4\n5").Commit().Folder);

        var two = Lines(await client.RunAsync("code.search", project, new { query = "here", context = 2 })).Single();
        var many = Lines(await client.RunAsync("code.search", project, new { query = "here", context = 20 })).Single();

        Assert.Equal(["1", "2"], Strings(two["before"]));
        Assert.Equal(["4", "5"], Strings(two["after"]));
        Assert.Equal(["1", "2"], Strings(many["before"]));
        Assert.Equal(["4", "5"], Strings(many["after"]));
    }

    [Fact]
    public async Task Globs_choose_files()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        foreach (var path in new[] { "a.cs", "src/b.cs", "src/deep/c.cs", "src/d.ts", "test/e.cs", "docs/f.md" })
        {
            repository.Write(path, "needle\n");
        }
        var project = await client.AddProjectAsync(repository.Commit().Folder);

        async Task<string> Search(string[]? include, string[]? exclude = null) =>
            string.Join(
                ' ',
                Lines(
                        await client.RunAsync(
                            "code.search",
                            project,
                            new
                            {
                                query = "needle",
                                include,
                                exclude,
                            }
                        )
                    )
                    .Select(match => (string)match["path"]!)
            );

        Assert.Equal("a.cs src/b.cs src/deep/c.cs test/e.cs", await Search(["*.cs"]));
        Assert.Equal("src/b.cs", await Search(["src/*.cs"]));
        Assert.Equal("src/b.cs src/deep/c.cs", await Search(["src/**/*.cs"]));
        Assert.Equal("src/d.ts docs/f.md".Split(' ').Order(), (await Search(["*.{ts,md}"])).Split(' ').Order());
        Assert.Equal("a.cs docs/f.md", await Search(null, ["src/", "test/**"]));
        Assert.Equal("src/b.cs src/d.ts", await Search(["src/[b-d].?s"]));
    }

    [Fact]
    public async Task A_regex_that_would_backtrack_for_ever_ends_at_once()
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(
            platform.NewRepository().Write("a.txt", new string('a', 50_000) + "!\n").Commit().Folder
        );

        foreach (var query in new[] { "(a+)+$", "(a|aa)+$", "(.*a){12}$", "^(a?){50}b" })
        {
            var answer = (await client.ExecuteAsync("code.search", project, new { query, regex = true })).Body!;
            // Answered within the tool's time limit, whatever the answer is.
            Assert.Contains((string)answer["status"]!, new[] { "succeeded", "timed_out" });
            Assert.InRange((double)answer["timings"]!["total"]!, 0, 120_000);
        }
    }

    [Theory]
    [InlineData("(a)\\1", "linear time")]
    [InlineData("(?<=a)b", "linear time")]
    [InlineData("(?=a)b", "linear time")]
    [InlineData("((a{1000}){1000}){1000}", "linear time")]
    [InlineData("(.{0,200}b){9}", "linear time")]
    [InlineData("([a-z]{1,50}.){20}Q", "linear time")]
    [InlineData("(unclosed", "malformed")]
    [InlineData("[z-a]", "malformed")]
    public async Task A_regex_that_can_run_away_or_is_none_is_refused(string query, string reason)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);

        Assert.Contains(
            reason,
            (await client.ExecuteAsync("code.search", project, new { query, regex = true })).ExpectFieldError("arguments.query"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("{\"query\":\"\"}", "arguments.query")]
    [InlineData("{}", "arguments.query")]
    [InlineData("{\"query\":7}", "arguments.query")]
    [InlineData("{\"query\":\"a\\nb\"}", "arguments.query")]
    [InlineData("{\"query\":\"a\",\"context\":21}", "arguments.context")]
    [InlineData("{\"query\":\"a\",\"maxMatches\":0}", "arguments.maxMatches")]
    [InlineData("{\"query\":\"a\",\"maxMatches\":1e99}", "arguments.maxMatches")]
    [InlineData("{\"query\":\"a\",\"include\":\"*.cs\"}", "arguments.include")]
    [InlineData("{\"query\":\"a\",\"include\":[\"--no-ignore\"]}", "arguments.include[0]")]
    [InlineData("{\"query\":\"a\",\"include\":[\"ok\",\"../x\"]}", "arguments.include[1]")]
    [InlineData("{\"query\":\"a\",\"exclude\":[\"[\"]}", "arguments.exclude[0]")]
    [InlineData("{\"query\":\"a\",\"exclude\":[\"{a\"]}", "arguments.exclude[0]")]
    [InlineData("{\"query\":\"a\",\"surprise\":1}", "arguments.surprise")]
    [InlineData("{\"query\":\"a\",\"maxMatches\":99999999999999999999999}", "arguments")]
    [InlineData("[]", "arguments")]
    public async Task Arguments_that_break_the_schema_are_named(string arguments, string field)
    {
        using var client = await platform.NewMemberAsync();

        (await client.ExecuteAsync("code.search", Guid.CreateVersion7(), JsonNode.Parse(arguments)!)).ExpectFieldError(field);
    }

    [Fact]
    public async Task A_number_that_no_computer_holds_is_refused()
    {
        using var client = await platform.NewMemberAsync();
        var body = "{\"toolName\":\"code.search\",\"arguments\":{\"query\":\"a\",\"maxMatches\":" + new string('9', 50_000) + "}}";

        (
            await client.SendAsync(HttpMethod.Post, "/tools/execute", new StringContent(body, Encoding.UTF8, "application/json"))
        ).ExpectFieldError("arguments");
    }

    [Theory]
    [InlineData("-oops")]
    [InlineData("--upload-pack=id")]
    [InlineData("a..b")]
    [InlineData("main:a.txt")]
    [InlineData("HEAD@{1}")]
    [InlineData("a b")]
    [InlineData("no-such-branch")]
    public async Task A_ref_that_names_no_commit_is_refused(string name)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);

        (await client.ExecuteAsync("code.search", project, new { query = "a" }, name)).ExpectFieldError("ref");
    }

    [Fact]
    public async Task An_older_commit_is_searched_as_it_was()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Write("a.txt", "before\n").Commit();
        var before = repository.Head;
        repository.Git("tag", "v1");
        var project = await client.AddProjectAsync(repository.Write("a.txt", "after\n").Commit().Folder);

        foreach (var name in new[] { before, before[..10], "v1", "HEAD~1", "main^" })
        {
            Assert.Single(Lines(await client.RunAsync("code.search", project, new { query = "before" }, name)));
        }
        Assert.Empty(Lines(await client.RunAsync("code.search", project, new { query = "before" })));
    }

    private TestRepository Sample() =>
        platform
            .NewRepository()
            .Write("src/main.c", "int total = 10;\nint main(void) {\n\treturn total;\n}\n")
            .Write("src/windows.c", "int a;\r\nint b;\r\n\r\nreturn a.b;\r\n")
            .Write("src/no-final-newline.c", "return Total;\n  int x")
            .Write("docs/naïve.md", "The naïve NAÏVE total — 100 €.\n\n  -e option\nété\n")
            .Write("docs/latin1.txt", Encoding.Latin1.GetBytes("caf\u00e9 au total\nint\n"))
            .Write("binary.dat", [.. "int total\0"u8, 1, 2, 3, (byte)'\n'])
            .Write("empty.txt", "")
            .Write("blank.txt", "\n\n\n")
            .Write(
                "long.txt",
                string.Concat(
                    Enumerable
                        .Range(0, 20_000)
                        .Select(line => line % 4_999 == 0 ? $"needle {line} ünïcödé K\n" : $"    line {line} of many, K\n")
                )
            )
            .Write("wide.txt", "needle\n" + string.Concat(Enumerable.Repeat("wide — ", 7_000)) + "needle\nneedle K\n")
            .Commit();

    private static List<JsonNode> Lines(JsonNode result) => [.. result["matches"]!.AsArray().Select(match => match!)];

    private static IEnumerable<string> Strings(JsonNode? list) => list!.AsArray().Select(item => (string)item!);
}
