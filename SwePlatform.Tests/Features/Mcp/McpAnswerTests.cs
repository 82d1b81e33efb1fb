using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

/// <summary>Answers that fit a context window, and can be read on.</summary>
public sealed class McpAnswerTests(Platform platform)
{
    private const int DefaultCharacters = 4000 * 4;

    [Fact]
    public async Task Each_tool_answers_in_text_to_read_and_in_json()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("src/a.cs", "// needle\nclass A\n{\n    int Field;\n}\n")
            .Write("web/package.json", "{\"dependencies\": {\"left-pad\": \"^1.0.0\"}}\n")
            .Commit("First\n\nWith a body.");
        var project = await client.AddProjectAsync(repository.Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");
        var id = repository.Head[..10];

        Assert.All(await agent.ListAsync(), tool => Assert.Equal("object", (string?)Json(tool.OutputSchema)["type"]));
        Assert.Equal("src/a.cs:1: // needle", await agent.ReadAsync("code_search", new { query = "needle" }));
        Assert.Equal(
            "src/a.cs-1- // needle\nsrc/a.cs:2: class A\nsrc/a.cs-3- {\n--",
            await agent.ReadAsync("code_search", new { query = "class", context = 1 })
        );
        Assert.Equal("No matches in 2 files.", await agent.ReadAsync("code_search", new { query = "absent" }));
        Assert.Equal("src/a.cs 37\nweb/package.json 41", await agent.ReadAsync("files_list"));
        Assert.Equal(
            "src/a.cs, lines 2-3 of 5\n2\tclass A\n3\t{",
            await agent.ReadAsync(
                "files_read",
                new
                {
                    path = "src/a.cs",
                    startLine = 2,
                    endLine = 3,
                }
            )
        );
        Assert.Matches($"^{id} \\d{{4}}-\\d\\d-\\d\\d .+: First$", await agent.ReadAsync("git_log"));
        Assert.Contains(
            ": First\n\nWith a body.\n\nA src/a.cs +5 -0\n",
            $": {Tail(await agent.ReadAsync("git_show", new { commit = "HEAD" }), 2)}"
        );
        Assert.Matches($"^src/a.cs\n1-5 {id} .+: First$", await agent.ReadAsync("git_blame", new { path = "src/a.cs" }));
        Assert.Matches($"^1 branches, 0 tags\n\\* \\S+ {id} .+ First$", await agent.ReadAsync("git_branches"));
        Assert.Equal(
            "src/a.cs (C#)\n2-5 class A: class A\n4-4 field A.Field: int Field",
            await agent.ReadAsync("code_outline", new { path = "src/a.cs" })
        );
        Assert.Contains("\nC#: 4 code, 1 comment, 0 blank in 1 files", await agent.ReadAsync("code_stats"), StringComparison.Ordinal);
        Assert.Equal("1 dependencies in 1 manifests\nweb/package.json (npm)\nleft-pad ^1.0.0", await agent.ReadAsync("deps_list"));
        foreach (var name in new[] { "code_duplicates", "code_hotspots" })
        {
            Assert.NotEqual("", await agent.ReadAsync(name));
            Assert.IsType<JsonObject>(await agent.CallAsync(name));
        }
    }

    [Fact]
    public async Task A_search_with_thousands_of_matches_comes_in_pages_that_hold_each_match_once()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository();
        for (var file = 0; file < 40; file++)
        {
            repository.Write(
                $"src/file{file:00}.txt",
                string.Concat(Enumerable.Range(0, 50).Select(line => $"TODO {file}.{line} — ünïcödé 🦊\n"))
            );
        }
        var project = await client.AddProjectAsync(repository.Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");

        var answers = new List<CallToolResult> { await agent.SendAsync("code_search", new { query = "TODO", maxMatches = 5000 }) };
        while (Next(Text(answers[^1])) is { } next)
        {
            answers.Add(await agent.SendAsync("executions_output", next));
        }

        Assert.InRange(answers.Count, 6, 40);
        Assert.All(answers, answer => Assert.InRange(Text(answer).Length, 1000, DefaultCharacters));
        Assert.All(answers, answer => Assert.InRange(answer.StructuredContent!.Value.GetRawText().Length, 1000, DefaultCharacters * 2));
        Assert.All(answers, answer => Assert.InRange(Json(answer.StructuredContent).ToJsonString(Relaxed).Length, 1000, DefaultCharacters));
        var lines = answers.SelectMany(answer => Text(answer).Split('\n').Where(line => !line.StartsWith('['))).ToList();
        Assert.Equal(2000, lines.Count);
        Assert.Equal(2000, lines.Distinct().Count());
        Assert.Equal(
            lines,
            answers
                .SelectMany(answer => Json(answer.StructuredContent)["matches"]!.AsArray())
                .Select(match => $"{match!["path"]}:{match["line"]}: {match["text"]}")
        );
    }

    [Fact]
    public async Task A_budget_of_the_call_holds_for_the_text_and_for_the_json()
    {
        using var client = await platform.NewMemberAsync();
        var text = string.Concat(Enumerable.Range(0, 2000).Select(line => $"line {line}\n"));
        var repository = platform.NewRepository().Write("a.txt", text).Commit("One\n\n" + new string('x', 20_000));
        var project = await client.AddProjectAsync(repository.Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");

        foreach (var maxTokens in new[] { 200, 1000, 10_000 })
        {
            foreach (
                var (name, arguments) in new (string, JsonObject)[]
                {
                    ("files_read", new() { ["path"] = "a.txt" }),
                    ("git_show", new() { ["commit"] = "HEAD" }),
                    ("code_search", new() { ["query"] = "line", ["maxMatches"] = 500 }),
                }
            )
            {
                arguments["maxTokens"] = maxTokens;
                var answer = await agent.SendAsync(name, arguments);

                Assert.InRange(Text(answer).Length, 100, maxTokens * 4);
                Assert.InRange(Json(answer.StructuredContent).ToJsonString(Relaxed).Length, 50, maxTokens * 4);
                Assert.Equal(maxTokens <= 1000, Next(Text(answer)) is not null);
            }
        }
        Assert.StartsWith("maxTokens: Must be", await agent.FailAsync("files_list", new { maxTokens = "many" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_line_is_cut_around_what_was_found()
    {
        using var client = await platform.NewMemberAsync();
        var line = new string('ä', 5000) + "needle" + new string('z', 5000);
        var project = await client.AddProjectAsync(platform.NewRepository().Write("min.js", line + "\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");

        var text = await agent.ReadAsync("code_search", new { query = "needle" });
        var match = (await agent.CallAsync("code_search", new { query = "needle" }))["matches"]![0]!;

        Assert.Matches("^min.js:1: …ä{80}needlez{154}…$", text);
        Assert.Equal(10_001, (int)match["column"]!);
        Assert.True((bool)match["textTruncated"]!);
        Assert.EndsWith((string)match["text"]!, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_file_is_read_to_its_end_without_a_character_lost()
    {
        using var client = await platform.NewMemberAsync();
        var text =
            string.Concat(Enumerable.Range(0, 2000).Select(line => $"line {line} — ünïcödé 🦊\r\n"))
            + string.Concat(Enumerable.Repeat("🦊x", 9000))
            + "\n\nthe end without a line feed";
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", text).Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");

        var answer = await agent.SendAsync("files_read", new { path = "a.txt" });
        var whole = (string)Json(answer.StructuredContent)["text"]!;
        while (Next(Text(answer)) is { } next)
        {
            answer = await agent.SendAsync("executions_output", next);
            Assert.InRange(Text(answer).Length, 1, DefaultCharacters);
            whole += (string)Json(answer.StructuredContent)["text"]!;
        }

        Assert.Equal(text, whole);
        Assert.EndsWith("2003\tthe end without a line feed", Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_are_told_by_how_they_ended_and_green_tests_in_one_line()
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform
            .NewRepository()
            .Write("test_a.py", "import unittest\n\nclass A(unittest.TestCase):\n    def test_one(self):\n        pass\n")
            .Commit();
        var project = await client.AddProjectAsync(repository.Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}");
        await agent.CallAsync("workspaces_create", new { name = "w" });

        var run = await agent.SendAsync("process_run", new { workspace = "w", command = new[] { "seq", "1", "20000" } });
        var first = await agent.ReadAsync("executions_output", Next(Text(run)));
        var green = await agent.ReadAsync("project_test", new { workspace = "w" });
        var both = await agent.ReadAsync(
            "process_run",
            new { workspace = "w", command = new[] { "sh", "-c", "echo out; echo err >&2; exit 3" } }
        );
        await agent.CallAsync(
            "files_write",
            new
            {
                workspace = "w",
                path = "test_a.py",
                content = "import unittest\n\nclass A(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(1, 2)\n",
            }
        );
        var red = await agent.ReadAsync("project_test", new { workspace = "w" });

        Assert.Matches("^exit 0 in .+ s\n(\\d+\n)+20000\n\\[lines \\d+-20000 of 20000; from the first: executions_output ", Text(run));
        Assert.StartsWith("exit 0", first, StringComparison.Ordinal);
        Assert.Contains("\n1\n2\n3\n", first, StringComparison.Ordinal);
        Assert.Matches("^passed: 1 tests, 1 passed, 0 failed, 0 skipped in .+ s \\(python: .+\\)$", green);
        Assert.Matches("^exit 3 in .+ s\nstdout:\nout\nstderr:\nerr$", both);
        Assert.Matches("^failed: 1 tests, 0 passed, 1 failed, 0 skipped in .+\nFAILED .*test_one.* \\(test_a.py:5\\)\n.*1 != 2", red);
    }

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Text(CallToolResult answer)
    {
        Assert.NotEqual(true, answer.IsError);
        return ((TextContentBlock)Assert.Single(answer.Content)).Text;
    }

    private static JsonNode Json(JsonElement? json) => JsonSerializer.SerializeToNode(json)!;

    private static string Tail(string text, int line) => string.Join('\n', text.Split('\n').Skip(line));

    // The arguments of the call that a cut answer names.
    private static JsonObject? Next(string text)
    {
        var last = text.Split('\n')[^1];
        var start = last.IndexOf("executions_output {", StringComparison.Ordinal);
        return last.StartsWith('[') && start > 0
            ? JsonNode.Parse(last[(start + "executions_output ".Length)..(last.IndexOf('}', start) + 1)])!.AsObject()
            : null;
    }
}
