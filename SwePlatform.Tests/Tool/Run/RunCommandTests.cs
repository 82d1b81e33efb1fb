using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tests.Tool.CommandLine;
using SwePlatform.Tool.Run;
using Xunit;

namespace SwePlatform.Tests.Tool.Run;

public sealed class RunCommandTests(Platform platform) : IAsyncLifetime
{
    private readonly Swe _swe = new(platform);
    private ApiClient _admin = null!;
    private string _project = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _admin = await platform.NewAdminAsync();
        var repository = platform
            .NewRepository()
            .Write("a.cs", "class A;\nclass B;\n")
            .Write("b.txt", "class \u001b[2Jred\n")
            .Commit("First");
        _project = $"{await _admin.AddProjectAsync(repository.Folder)}";
    }

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _swe.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_search_prints_lines_and_what_is_about_them_apart()
    {
        var outcome = await _swe.RunAsync("run", "code.search", "query=class", "include=*.cs", "--project", _project);

        Assert.Equal((0, "a.cs:1:1: class A;\na.cs:2:1: class B;\n"), (outcome.ExitCode, outcome.Output.ReplaceLineEndings("\n")));
        Assert.Contains("truncated: false", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_a_repository_do_not_reach_the_terminal()
    {
        var outcome = await _swe.RunAsync("run", "files.read", "path=b.txt", "--project", _project);

        Assert.Equal("class \uFFFD[2Jred\n", outcome.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_project_is_found_by_its_name()
    {
        var name = (string)(await _admin.GetAsync($"/projects/{_project}")).Expect(HttpStatusCode.OK)["name"]!;

        var outcome = await _swe.RunAsync("run", "git.log", "--project", name.ToUpperInvariant(), "--ref", "main");

        Assert.Matches(@"^[0-9a-f]{12}  \d{4}-.*  First\r?\n$", outcome.Output);
    }

    [Fact]
    public async Task With_json_the_whole_answer_is_printed()
    {
        var outcome = await _swe.RunAsync("run", "files.list", "--json", "--project", _project);

        var answer = JsonNode.Parse(outcome.Output)!;
        Assert.Equal("succeeded", (string?)answer["status"]);
        Assert.Equal(2, answer["result"]!["files"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_tool_that_fails_decides_the_exit_code()
    {
        var outcome = await _swe.RunAsync("run", "files.read", "path=nowhere", "--project", _project);

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("nowhere", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code.serach", "There is no tool 'code.serach'")]
    [InlineData("fake.search", "Do you mean code.search")]
    [InlineData("code.search", "Missing: query=TEXT")]
    public async Task A_call_that_cannot_be_right_is_not_sent(string tool, string message)
    {
        var outcome = await _swe.RunAsync("run", tool, "--project", _project);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_is_not_there_is_named_with_those_that_are()
    {
        var outcome = await _swe.RunAsync("run", "git.log", "--project", "nowhere");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("There is no project 'nowhere'. There are: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_call_is_followed_to_its_end()
    {
        var signal = Path.Combine(_swe.Folder, "signal");
        var running = _swe.RunAsync("run", "test.wait", $"file={signal}", "--json", "--project", _project);
        // Only then has the first answer come, which says that there is none yet.
        await Eventually.HoldsAsync(async () => await StatusAsync() == "running");
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);

        await File.WriteAllTextAsync($"{signal}.go", "", Cancel);

        var outcome = await running;
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(1, (int)JsonNode.Parse(outcome.Output)!["result"]!["runs"]!);

        async Task<string?> StatusAsync() =>
            (string?)
                (await _admin.GetAsync($"/executions?projectId={_project}&toolName=test.wait")).Expect(HttpStatusCode.OK)["items"]!
                    .AsArray()
                    .FirstOrDefault()
                    ?["status"];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Whoever_gives_up_cancels_the_execution(int afterSeconds)
    {
        using var client = new SwePlatform.Tool.Client.ApiClient(platform.Address);
        client.Use(_admin.Http.DefaultRequestHeaders.Authorization!.Parameter!);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = new JsonObject
        {
            ["toolName"] = "test.wait",
            ["projectId"] = _project,
            ["arguments"] = new JsonObject { ["file"] = Path.Combine(_swe.Folder, "never") },
        };
        var running = new RemoteExecution(client, TextWriter.Null).RunAsync(call, noCache: false, stop.Token);
        await Eventually.HoldsAsync(async () => await StatusAsync() == "running");
        await Task.Delay(TimeSpan.FromSeconds(afterSeconds), Cancel);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.HoldsAsync(async () => await StatusAsync() == "cancelled");

        async Task<string?> StatusAsync() =>
            (string?)
                (await _admin.GetAsync($"/executions?projectId={_project}&toolName=test.wait")).Expect(HttpStatusCode.OK)["items"]!
                    .AsArray()
                    .FirstOrDefault()
                    ?["status"];
    }

    [Fact]
    public async Task Tools_are_listed_and_described()
    {
        var all = await _swe.RunAsync("tools");
        var one = await _swe.RunAsync("tools", "code.search");

        Assert.Contains("  code.search ", all.Output, StringComparison.Ordinal);
        Assert.Contains("  query=TEXT  required", one.Output, StringComparison.Ordinal);
        Assert.Contains("  include=TEXT …", one.Output, StringComparison.Ordinal);
    }
}
