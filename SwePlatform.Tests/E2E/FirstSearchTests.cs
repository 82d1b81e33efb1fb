using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>The platform's main job, in a real browser: sign in, add a repository, find something in it.</summary>
public sealed class FirstSearchTests(BrowserSystem running)
{
    [Fact]
    public async Task A_person_signs_in_adds_a_repository_and_finds_a_string()
    {
        var repository = new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
            .Write("src/answer.c", "int main(void) {\n    return answer_to_everything(42);\n}\n")
            .Write("docs/naïve.md", "ü answer_to_everything\n")
            .Commit();
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();

        await window.Page.GotoAsync("/projects");
        await window["add-project"].ClickAsync();
        await window["project-name"].FillAsync("first-search");
        await window["project-url"].FillAsync(repository.Folder);
        await window["project-submit"].ClickAsync();
        var row = window["project-row"].Filter(new() { HasText = "first-search" });
        await Expect(row.GetByTestId("project-status")).ToHaveTextAsync(new Regex("ready", RegexOptions.IgnoreCase));
        await row.GetByRole(AriaRole.Link, new() { Name = "Search code" })
            .Or(row.GetByRole(AriaRole.Button, new() { Name = "Search code" }))
            .First.ClickAsync();
        await window["argument-query"].FillAsync("answer_to_everything");
        await window["run"].ClickAsync();

        await Expect(window["match"]).ToHaveCountAsync(2);
        await Expect(window["match-file"]).ToHaveTextAsync([new Regex("docs/naïve.md"), new Regex("src/answer.c")]);
        await Expect(window["match"].Nth(1)).ToContainTextAsync("return answer_to_everything(42);");
        await Expect(window["match"].Locator("mark")).ToHaveTextAsync(["answer_to_everything", "answer_to_everything"]);
        await window.AssertFitsAsync();
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task The_printed_link_signs_in_once_and_the_platforms_own_code_can_be_searched()
    {
        var system = await running.GetSystemAsync();
        await using var window = await running.OpenAsync(390, 844);
        await window.Page.GotoAsync(system.SignInLink!.ToString());
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/projects");

        var row = window["project-row"].Filter(new() { HasText = "swe-platform" });
        await Expect(row.GetByTestId("project-status")).ToHaveTextAsync(new Regex("ready", RegexOptions.IgnoreCase));
        await window.AssertFitsAsync();
        await row.GetByRole(AriaRole.Link, new() { Name = "Search code" })
            .Or(row.GetByRole(AriaRole.Button, new() { Name = "Search code" }))
            .First.ClickAsync();
        await window["argument-query"].FillAsync("internal sealed partial class CrashRestart");
        await window["run"].ClickAsync();

        await Expect(window["match-file"].Filter(new() { HasText = "SwePlatform.AppHost/Lifecycle/CrashRestart.cs" })).ToBeVisibleAsync();
        await window.AssertFitsAsync();
        await window.AssertCleanAsync();

        await using var again = await running.OpenAsync();
        await again.Page.GotoAsync(system.SignInLink!.ToString());
        await Expect(again["sign-in-message"]).ToContainTextAsync("already used");
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_signing_out_closes_the_door()
    {
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", "not the password");
        await Expect(window["sign-in-message"]).ToBeVisibleAsync();
        Assert.Equal("admin@swe.local", await window["email"].InputValueAsync());

        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window["user-menu"].ClickAsync();
        await window.Page.GetByText("Sign out").ClickAsync();
        await Expect(window["sign-in"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/projects");

        await Expect(window["sign-in"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_file_is_written_in_a_workspace_and_read_there()
    {
        var repository = new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
            .Write("a.txt", "a\n")
            .Commit();
        var system = await running.GetSystemAsync();
        using var client = new ApiClient(system.ApiAddress);
        await client.LoginAsync("admin@swe.local", BrowserSystem.AdminPassword);
        var project = await client.AddProjectAsync(repository.Folder);
        (await client.PostAsync($"/projects/{project}/workspaces", new { name = "fix-1" })).Expect(System.Net.HttpStatusCode.Created);
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();

        await window.Page.GotoAsync($"/tools/files.write?projectId={project}&path=new.txt&content=written%20here");
        await window["run"].ClickAsync();
        await Expect(window.Page.GetByText("needs a workspace")).ToBeVisibleAsync();
        await window["tool-workspace"].FillAsync("fix-1");
        await window["run"].ClickAsync();
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-status", "succeeded");
        await window.Page.GotoAsync($"/tools/files.read?projectId={project}&workspace=fix-1&path=new.txt&run=true");

        await Expect(window["outcome"]).ToContainTextAsync("written here");
        await window.AssertFitsAsync();
    }

    [Fact]
    public async Task An_address_that_is_refused_says_why_at_its_field()
    {
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/projects");
        await window["add-project"].ClickAsync();
        await window["project-name"].FillAsync("refused");
        await window["project-url"].FillAsync("ext::sh");
        await window["project-submit"].ClickAsync();

        await Expect(window.Page.GetByText("Remote helpers such as 'ext::' are not allowed.")).ToBeVisibleAsync();
        await window.AssertCleanAsync();
    }
}
