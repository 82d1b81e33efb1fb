using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>Looking around in a project's files, in a real browser.</summary>
public sealed class CodeBrowserTests(BrowserSystem running) : IAsyncLifetime
{
    private const string Code = """
        namespace Example;

        public sealed class Answer
        {
            // The answer.
            public int Value => 42;
        }

        """;

    private ApiClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _client = new((await running.GetSystemAsync()).ApiAddress);
        await _client.RegisterAsync();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_person_goes_from_the_README_to_a_line_and_takes_a_link_that_lasts()
    {
        var repository = NewRepository()
            .Write("README.md", "# About\n\nSee [the answer](src/deep/Answer.cs#L6).\n\n![logo](docs/logo.svg)\n")
            .Write("docs/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20'/></svg>")
            .Write("src/deep/Answer.cs", Code)
            .Write("src/other.txt", "other\n")
            .Commit("Answer");
        var project = await _client.AddProjectAsync(repository.Folder);
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/projects/{project}/files/main");
        await Expect(window["readme"]).ToContainTextAsync("See the answer.");
        await Expect(window["readme"].GetByRole(AriaRole.Img)).ToHaveJSPropertyAsync("naturalWidth", 40);
        await Expect(window["latest-commit"]).ToContainTextAsync("Answer");
        await window["readme"].GetByRole(AriaRole.Link, new() { Name = "the answer" }).ClickAsync();

        await Expect(window.Page).ToHaveURLAsync(new Regex($"/projects/{project}/files/main/src/deep/Answer.cs#L6$"));
        await Expect(window["source"].Locator(".row.marked")).ToContainTextAsync("public int Value => 42;");
        await Expect(window["source"].Locator(".tk", new() { HasText = "namespace" })).ToBeVisibleAsync();
        // What was opened on the way stays open.
        await Expect(window["tree-entry"].Filter(new() { HasText = "other.txt" })).ToBeVisibleAsync();
        await Line(window, 3).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex("Answer.cs#L3$"));
        await Line(window, 5).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(window.Page).ToHaveURLAsync(new Regex("Answer.cs#L3-L5$"));
        await Expect(window["source"].Locator(".row.marked")).ToHaveCountAsync(3);

        await window["file-name"].ClickAsync();
        await window.Page.Keyboard.PressAsync("y");
        await Expect(window.Page).ToHaveURLAsync(new Regex($"/files/{repository.Head}/src/deep/Answer.cs#L3-L5$"));
        await window.Page.ReloadAsync();
        await Expect(window["source"].Locator(".row.marked")).ToHaveCountAsync(3);
        await window.AssertFitsAsync();
        await window.AssertCleanAsync();
        Assert.Empty((await _client.GetAsync("/executions")).Expect(HttpStatusCode.OK)["items"]!.AsArray());
    }

    [Fact]
    public async Task Blame_symbols_history_and_search_are_beside_the_code()
    {
        var repository = NewRepository().Write("Answer.cs", Code).Commit("First");
        repository.Write("Answer.cs", Code.Replace("42", "43", StringComparison.Ordinal)).Commit("Second");
        var project = await _client.AddProjectAsync(repository.Folder);
        await using var window = await SignInAsync();
        await window.Page.GotoAsync($"/projects/{project}/files/main/Answer.cs");

        await window["blame"].ClickAsync();
        await Expect(window["source"].Locator(".blame.first", new() { HasText = "Second" })).ToHaveCountAsync(1);
        await Expect(window["source"].Locator(".blame.first", new() { HasText = "First" })).ToHaveCountAsync(2);
        await window["symbols"].ClickAsync();
        await window["symbol"].Filter(new() { HasText = "Value" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex("view=blame#L6$"));
        await window["find-open"].ClickAsync();
        await window["find"].FillAsync("ANSWER");
        await Expect(window["find-count"]).ToHaveTextAsync("1 of 2 lines");
        await Expect(window["source"].Locator("mark")).ToHaveTextAsync(["Answer", "answer"]);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window["find-count"]).ToHaveTextAsync("2 of 2 lines");
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window["find"]).ToHaveCountAsync(0);

        await window["history"].ClickAsync();
        await Expect(window["commit-row"]).ToHaveCountAsync(2);
        await window["commit-row"].Nth(1).GetByRole(AriaRole.Link, new() { Name = "Files at" }).ClickAsync();
        await Expect(window["source"]).ToContainTextAsync("Value => 42");
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task A_large_file_stays_usable()
    {
        var project = await _client.AddProjectAsync(
            NewRepository()
                .Write(
                    "big.c",
                    string.Concat(Enumerable.Range(1, 100_000).Select(line => $"int value_{line}; /* a line of a large file */\n"))
                )
                .Commit()
                .Folder
        );
        await using var window = await SignInAsync();

        var clock = Stopwatch.StartNew();
        await window.Page.GotoAsync($"/projects/{project}/files/main/big.c#L77777");
        await Expect(window["source"].Locator(".row.marked")).ToContainTextAsync("int value_77777;");
        await Expect(window["source"].Locator(".row.marked")).ToBeInViewportAsync();
        TestContext.Current.SendDiagnosticMessage($"A line of a file of 5 MB was there after {clock.ElapsedMilliseconds} ms.");

        Assert.True(await window["source"].Locator(".row").CountAsync() < 300);
        clock.Restart();
        await window["source"].EvaluateAsync("element => element.scrollTop = 20 * 50000");
        await Expect(Line(window, 50_005)).ToBeInViewportAsync();
        TestContext.Current.SendDiagnosticMessage($"Another part of it was there after {clock.ElapsedMilliseconds} ms.");
        await window.AssertFitsAsync();
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task Names_and_contents_of_strangers_are_only_text()
    {
        const string name = "<img src=x onerror=window.hacked=1>.txt";
        var project = await _client.AddProjectAsync(
            NewRepository()
                .Write(name, "<script>window.hacked = 1</script>\n")
                .Write(
                    "README.md",
                    "<script>window.hacked = 1</script>\n\n[x](javascript:window.hacked=1) <b onclick=\"window.hacked=1\">bold</b>\n"
                )
                .Write("page.html", "<script>window.hacked = 1</script>\n")
                .Write("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>window.hacked = 1</script></svg>")
                .Commit("<img src=x onerror=window.hacked=1>")
                .Folder
        );
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/projects/{project}/files/main");
        await Expect(window["folder-entry"].Filter(new() { HasText = name })).ToBeVisibleAsync();
        await Expect(window["latest-commit"]).ToContainTextAsync("onerror=window.hacked=1");
        await window["readme"].GetByText("x", new() { Exact = true }).ClickAsync();
        await window["readme"].GetByText("bold").ClickAsync();
        await window["folder-entry"].Filter(new() { HasText = name }).ClickAsync();
        await Expect(window["source"]).ToContainTextAsync("<script>window.hacked = 1</script>");
        await Expect(window["file-name"]).ToHaveTextAsync(name);
        await window["blame"].ClickAsync();
        await Expect(window["source"].Locator(".blame.first")).ToContainTextAsync("onerror=window.hacked=1");
        Assert.Null(await window.Page.EvaluateAsync<object?>("window.hacked ?? null"));
        await window.AssertCleanAsync();

        foreach (var (path, type) in new[] { ("page.html", "text/plain"), ("drawing.svg", "image/svg+xml") })
        {
            var answer = (await window.Page.GotoAsync($"/projects/{project}/raw/main/{path}"))!;
            Assert.StartsWith(type, answer.Headers["content-type"]);
            Assert.Contains("sandbox", answer.Headers["content-security-policy"]);
            Assert.Null(await window.Page.EvaluateAsync<object?>("window.hacked ?? null"));
        }
    }

    [Fact]
    public async Task The_same_place_is_found_in_another_branch_and_in_a_workspace()
    {
        var repository = NewRepository().Write("src/a.txt", "on main\n").Commit();
        repository.Git("checkout", "--quiet", "-b", "feature/topic");
        repository.Write("src/a.txt", "on the topic\n").Commit().Git("checkout", "--quiet", "main");
        var project = await _client.AddProjectAsync(repository.Folder);
        (await _client.PostAsync($"/projects/{project}/workspaces", new { name = "bench" })).Expect(HttpStatusCode.Created);
        (
            await _client.PostAsync(
                "/tools/execute",
                new
                {
                    toolName = "files.write",
                    projectId = project,
                    workspace = "bench",
                    arguments = new { path = "src/a.txt", content = "in the workspace\n" },
                }
            )
        ).Expect(HttpStatusCode.OK);
        await using var window = await SignInAsync();
        await window.Page.GotoAsync($"/projects/{project}/files/main/src/a.txt");
        await Expect(window["source"]).ToContainTextAsync("on main");

        await SwitchAsync(window, "topic");
        await Expect(window["source"]).ToContainTextAsync("on the topic");
        await Expect(window.Page).ToHaveURLAsync(new Regex("/files/feature%2Ftopic/src/a.txt$"));
        await SwitchAsync(window, "bench");
        await Expect(window["source"]).ToContainTextAsync("in the workspace");
        await window.Page.ReloadAsync();
        await Expect(window["source"]).ToContainTextAsync("in the workspace");
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task What_is_not_there_is_said_inside_of_the_page()
    {
        var project = await _client.AddProjectAsync(NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/projects/{project}/files/main/missing/b.txt");
        await Expect(window["error"]).ToContainTextAsync("There is nothing at “missing/b.txt” in main.");
        await Expect(window["tree-entry"]).ToHaveTextAsync(["a.txt"]);
        await window["tree-entry"].ClickAsync();
        await Expect(window["source"]).ToContainTextAsync("a");
        await window.Page.GotoAsync($"/projects/{project}/files/nowhere");
        await Expect(window["error"]).ToContainTextAsync("nowhere");
        await Expect(window["tab-overview"]).ToBeVisibleAsync();
        await window.Page.GotoAsync($"/projects/{Guid.CreateVersion7()}/files/main/a.txt");
        await Expect(window["error"].First).ToContainTextAsync("There is no such project");
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task A_search_hit_leads_to_its_line()
    {
        var project = await _client.AddProjectAsync(NewRepository().Write("src/Answer.cs", Code).Commit().Folder);
        await using var window = await SignInAsync();
        await window.Page.GotoAsync($"/tools/code.search?projectId={project}&query=Value&run=true");

        await window["match"].GetByRole(AriaRole.Link).ClickAsync();

        await Expect(window["source"].Locator(".row.marked")).ToContainTextAsync("public int Value => 42;");
        await window.AssertCleanAsync();
    }

    private static async Task SwitchAsync(BrowserWindow window, string name)
    {
        await window["ref-switcher"].ClickAsync();
        await window["ref-filter"].FillAsync(name);
        await window["ref-item"].Filter(new() { HasText = name }).ClickAsync();
    }

    private static ILocator Line(BrowserWindow window, int line) => window["source"].Locator($"a.ln[data-line='{line}']");

    private TestRepository NewRepository() => new(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")));

    private async Task<BrowserWindow> SignInAsync()
    {
        var window = await running.OpenAsync();
        await window.SignInAsync(_client.Email, ApiClient.Password);
        await Expect(window["user-menu"]).ToBeVisibleAsync();
        return window;
    }
}
