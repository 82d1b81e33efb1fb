using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>What the pages with lists share.</summary>
public sealed class ListPageTests(BrowserSystem running)
{
    private const string Password = "correct-horse-battery-7";

    [Fact]
    public async Task The_address_says_which_page_of_a_list_is_shown()
    {
        var email = $"{Guid.CreateVersion7():N}@swe.local";
        using var client = new ApiClient((await running.GetSystemAsync()).ApiAddress);
        (await client.PostAsync("/auth/register", new { email, password = Password })).Expect(HttpStatusCode.Created);
        await client.LoginAsync(email, Password);
        var repository = new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
            .Write("a.txt", "a\n")
            .Commit();
        foreach (var name in new[] { "one", "two", "three" })
        {
            (await client.PostAsync("/projects", new { name, repositoryUrl = repository.Folder })).Expect(HttpStatusCode.Created);
        }
        await using var window = await running.OpenAsync();
        await window.SignInAsync(email, Password);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/projects");
        await Expect(window["project-row"]).ToHaveCountAsync(3);
        await Expect(Pager("Next")).ToHaveCountAsync(0);

        await window.Page.GotoAsync("/projects?limit=2");
        await Expect(window.Page.GetByText("1–2 of 3 projects")).ToBeVisibleAsync();
        await Expect(window["project-row"]).ToHaveCountAsync(2);
        var first = await window["project-row"].First.InnerTextAsync();
        await Pager("Next").ClickAsync();
        await Expect(window["project-row"]).ToHaveCountAsync(1);
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/projects\?(limit=2&skip=2|skip=2&limit=2)$"));
        await window.Page.ReloadAsync();
        await Expect(window["project-row"]).ToHaveCountAsync(1);

        await Pager("Previous").ClickAsync();
        await Expect(window["project-row"]).ToHaveCountAsync(2);
        Assert.Equal(first.Split('\n')[0], (await window["project-row"].First.InnerTextAsync()).Split('\n')[0]);
        await window.AssertCleanAsync();

        ILocator Pager(string link) =>
            window.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = link });
    }
}
