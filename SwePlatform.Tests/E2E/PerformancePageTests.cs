using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>The pages that show how fast the platform is, and those of workspaces.</summary>
public sealed class PerformancePageTests(BrowserSystem running)
{
    private static readonly string[] Reports =
    [
        "/performance/database",
        "/performance/indexes",
        "/performance/caches?window=5m",
        "/performance/resources?window=5m",
        "/performance/load-tests",
        "/performance/diagnosis",
    ];

    private sealed record AssetList(IReadOnlyList<string> Assets);

    [Fact]
    public async Task An_administrator_sees_figures_slow_requests_and_what_the_probes_found()
    {
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();

        await window.Page.GotoAsync("/performance?window=5m");
        await Expect(window["group"]).ToHaveCountAsync(4);
        await Expect(window["group"].Filter(new() { HasText = "api" }).GetByTestId("verdict")).ToHaveTextAsync(new Regex("^(met|missed)$"));
        await Expect(window["endpoints"]).ToContainTextAsync("/api/v1/auth/login");
        await Expect(window["timeline"].Locator("path.dots[d^=M]").First).ToBeAttachedAsync();
        await window.AssertFitsAsync();

        await window.Page.GotoAsync("/performance/slow-requests?endpoint=%2Fapi%2Fv1%2Fauth%2Flogin");
        await window["slow-request"].First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(window["spans"]).ToContainTextAsync("SELECT");

        await window.Page.GotoAsync("/performance/checklist");
        await Expect(window["check"]).ToHaveCountAsync(10);
        await Expect(window["check"].Filter(new() { HasText = "Pagination implemented" })).ToContainTextAsync("pass");

        await window.Page.SetViewportSizeAsync(390, 844);
        foreach (var path in Reports)
        {
            await window.Page.GotoAsync(path);
            await Expect(window["report"]).ToBeVisibleAsync();
            await window.AssertFitsAsync();
        }
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task Others_are_told_which_parts_are_for_administrators()
    {
        var system = await running.GetSystemAsync();
        var email = $"{Guid.CreateVersion7():N}@swe.local";
        using var http = new HttpClient { BaseAddress = system.ApiAddress };
        (
            await http.PostAsJsonAsync(
                "/api/v1/auth/register",
                new { email, password = "correct-horse-battery-7" },
                TestContext.Current.CancellationToken
            )
        ).EnsureSuccessStatusCode();
        await using var window = await running.OpenAsync();
        await window.SignInAsync(email, "correct-horse-battery-7");
        await Expect(window["home-running"]).ToBeVisibleAsync();

        await window.Page.GotoAsync("/performance");
        await Expect(window["report"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/performance/checklist");

        await Expect(window["admins-only"]).ToBeVisibleAsync();
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task A_workspace_is_made_looked_at_and_removed()
    {
        var repository = new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
            .Write("a.txt", "a\n")
            .Commit();
        var system = await running.GetSystemAsync();
        using var client = new ApiClient(system.ApiAddress);
        await client.LoginAsync("admin@swe.local", BrowserSystem.AdminPassword);
        var project = await client.AddProjectAsync(repository.Folder);
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();

        await window.Page.GotoAsync($"/projects/{project}/workspaces");
        await window["add-workspace"].ClickAsync();
        await window["workspace-name"].FillAsync("fix-1");
        await window["workspace-submit"].ClickAsync();
        await window["workspace-row"].GetByRole(AriaRole.Link, new() { Name = "fix-1", Exact = true }).ClickAsync();
        await Expect(window["no-changes"]).ToBeVisibleAsync();
        await client.PostAsync(
            "/tools/execute",
            new
            {
                toolName = "files.write",
                projectId = project,
                workspace = "fix-1",
                arguments = new { path = "a.txt", content = "b\n" },
            }
        );
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByRole(AriaRole.Region, new() { Name = "Patch" })).ToContainTextAsync("+b");
        await window.Page.GotoAsync($"/projects/{project}/workspaces");
        await window["workspace-delete"].ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).Last.ClickAsync();

        await Expect(window["workspace-row"]).ToHaveCountAsync(0);
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task The_list_of_assets_needs_no_session_and_names_files_that_may_be_kept()
    {
        var system = await running.GetSystemAsync();
        using var http = new HttpClient { BaseAddress = system.WebAddress };

        var list = await http.GetFromJsonAsync<AssetList>("/assets.json", TestContext.Current.CancellationToken);

        Assert.Contains(list!.Assets, asset => asset.StartsWith("/_framework/blazor.web.", StringComparison.Ordinal));
        foreach (var asset in list.Assets)
        {
            using var response = await http.GetAsync(asset, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode && response.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(1), asset);
        }
    }
}
