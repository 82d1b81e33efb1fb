using System.Net;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>The pages of a project.</summary>
public sealed class ProjectTabsTests(BrowserSystem running) : IAsyncLifetime
{
    /// <summary>Each tab, and what is behind it; a new page of a project belongs here.</summary>
    private static readonly string[] Routes =
    [
        "",
        "/files/main",
        "/files/main/src/a.cs",
        "/files/main/src/a.cs?view=blame",
        "/files/main/README.md",
        "/files/main/missing",
        "/commits/main",
        "/commit/main",
        "/branches",
        "/workspaces",
        "/executions",
        "/settings",
    ];

    private ApiClient _client = null!;
    private TestRepository _repository = null!;
    private Guid _project;

    public async ValueTask InitializeAsync()
    {
        _client = new((await running.GetSystemAsync()).ApiAddress);
        await _client.RegisterAsync();
        _repository = new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
            .Write("README.md", "# About this\n\nText, `code` and a [link](src/a.cs).\n\n- [ ] task\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
            .Write("src/a.cs", "// A class\npublic class A\n{\n    public string B => \"b\" + 1;\n}\n")
            .Commit("First");
        _repository.Write("src/b.py", "b = 1\n").Commit("Second").Git("tag", "v1.0");
        _project = await _client.AddProjectAsync(_repository.Folder);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_overview_says_what_a_project_is_and_how_it_stands()
    {
        await _client.RunAsync("code.search", _project, new { query = "B" });
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/projects/{_project}");

        await Expect(window["readme"]).ToContainTextAsync("About this");
        await Expect(window["languages"]).ToContainTextAsync("C#");
        await Expect(window["languages"]).ToContainTextAsync("Python");
        await Expect(window["commit-row"]).ToHaveCountAsync(2);
        await Expect(window["run-row"]).ToContainTextAsync("code.search");
        await Expect(window["newest-tests"]).ToContainTextAsync("never run");
        await window["tab-files"].ClickAsync();
        await Expect(window["folder-entry"]).ToHaveTextAsync(["src", "README.md"]);
        await window["tab-executions"].ClickAsync();
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
        await window["tab-branches"].ClickAsync();
        await Expect(window["branch-row"]).ToContainTextAsync("main");
        await Expect(window["tag-row"]).ToContainTextAsync("v1.0");
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task Commits_are_listed_by_branch_path_and_author_page_by_page()
    {
        for (var number = 1; number <= 31; number++)
        {
            _repository.Commit($"Number {number}");
        }
        (await _client.PostAsync($"/projects/{_project}/sync")).Expect(HttpStatusCode.Accepted);
        await _client.SettleAsync(_project);
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/projects/{_project}/commits/main");
        await Expect(window["commit-row"]).ToHaveCountAsync(30);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await Expect(window["commit-row"]).ToHaveCountAsync(3);
        await Expect(window["commit-row"].Last).ToContainTextAsync("First");

        await window["commit-path"].FillAsync("src/b.py");
        await window["commit-author"].FillAsync("Ada");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(window["commit-row"]).ToHaveCountAsync(1);
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"path=src%2Fb.py&author=Ada$"));
        await window["commit-row"].GetByRole(AriaRole.Link, new() { Name = "Second" }).ClickAsync();
        await Expect(window.Page.GetByText("src/b.py").First).ToBeVisibleAsync();
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task A_project_is_renamed_and_deleted_by_its_settings()
    {
        await using var window = await SignInAsync();
        await window.Page.GotoAsync($"/projects/{_project}/settings");
        // What is typed before the circuit is there would be lost.
        await Expect(window.Page.Locator("div[inert]")).ToHaveCountAsync(0);

        await window["settings-name"].FillAsync("renamed here");
        await window["settings-save"].ClickAsync();
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("renamed here");
        await window["settings-name"].FillAsync("<no name>");
        await window["settings-save"].ClickAsync();
        await Expect(window.Page.GetByText("A name starts with a letter or digit")).ToBeVisibleAsync();
        await window["settings-delete"].ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();

        await Expect(window.Page).ToHaveURLAsync(new Regex("/projects$"));
        (await _client.GetAsync($"/projects/{_project}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_project_that_failed_is_repaired_by_its_settings()
    {
        var created = (
            await _client.PostAsync(
                "/projects",
                new
                {
                    name = "broken",
                    repositoryUrl = _repository.Folder,
                    defaultBranch = "nowhere",
                }
            )
        ).Expect(HttpStatusCode.Created);
        var broken = (Guid)created["id"]!;
        Assert.Equal("failed", (string)(await _client.SettleAsync(broken))["status"]!);
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/projects/{broken}");
        await Expect(window["project-failed"]).ToContainTextAsync("no branch 'nowhere'");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Repair it in the settings" }).ClickAsync();
        await window["settings-branch"].FillAsync("main");
        await window["settings-save"].ClickAsync();

        await Expect(window["project-status"]).ToHaveTextAsync("ready");
        await Expect(window["project-failure"]).ToHaveCountAsync(0);
        await window["tab-files"].ClickAsync();
        await Expect(window["folder-entry"]).ToHaveTextAsync(["src", "README.md"]);
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task No_page_of_a_project_is_closed_to_those_who_see_or_use_it_otherwise()
    {
        await using var window = await SignInAsync();
        var found = new List<string>();
        foreach (var (theme, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 390) })
        {
            await window.Page.SetViewportSizeAsync(width, 900);
            await window.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            // The server learns of a theme by the page after.
            await window.Page.GotoAsync("/projects");
            foreach (var route in Routes)
            {
                await window.Page.GotoAsync($"/projects/{_project}{route}");
                await Expect(window.Page.Locator("div[inert]")).ToHaveCountAsync(0);
                await Expect(window.Page.Locator("[role='progressbar']")).ToHaveCountAsync(0);
                await window.Page.EvaluateAsync("Promise.all(document.getAnimations().map(animation => animation.finished))");
                await window.AssertFitsAsync();
                found.AddRange(
                    (await window.Page.RunAxe()).Violations.Where(IsSerious).Select(what => Describe(what, $"{route} {theme} {width}"))
                );
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task Wherever_the_focus_is_in_a_project_it_is_seen()
    {
        await using var window = await SignInAsync();

        foreach (var route in Routes)
        {
            await KeyboardTests.AssertFocusIsSeenAsync(window, $"/projects/{_project}{route}");
        }
    }

    private static bool IsSerious(AxeResultItem violation) => violation.Impact is not "minor";

    private static string Describe(AxeResultItem violation, string where) =>
        $"{where}: {violation.Id} ({violation.Impact}) {violation.Nodes[0].Target} {violation.Nodes[0].Html}";

    private async Task<BrowserWindow> SignInAsync()
    {
        var window = await running.OpenAsync();
        await window.SignInAsync(_client.Email, ApiClient.Password);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        return window;
    }
}
