using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>Pages for those who use the keyboard, or a program that reads them out.</summary>
public sealed class KeyboardTests(BrowserSystem running)
{
    private static readonly string[] Routes =
    [
        "/",
        "/projects",
        "/tools",
        "/tools/code.search",
        "/tools/process.run",
        "/tools/imports",
        "/executions",
        "/settings",
        "/performance",
    ];

    private const int MostStops = 80;

    // Null at the end of the page, "" where the focus is seen, else what has it. What cannot be seen shows it by what is around it.
    private const string FindUnseenFocus = """
        () => {
          const focused = document.activeElement;
          if (!focused || focused === document.body) return null;
          // No control: a page that has come has put the focus there.
          if (focused.tagName === 'H1') return '';
          const shows = element => {
            const style = getComputedStyle(element);
            return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.opacity !== '0'
              && element.getBoundingClientRect().width > 4;
          };
          for (let element = focused, up = 0; element && up < 6; element = element.parentElement, up++)
            if (shows(element)) return '';
          return focused.outerHTML.slice(0, 300);
        }
        """;

    [Fact]
    public async Task Wherever_the_focus_is_it_is_seen()
    {
        await using var window = await SignInAsync();
        foreach (var path in Routes)
        {
            await AssertFocusIsSeenAsync(window, path);
        }
    }

    /// <summary>Goes through a page with the Tab key, and fails where nobody could see what has the focus.</summary>
    internal static async Task AssertFocusIsSeenAsync(BrowserWindow window, string path)
    {
        await window.Page.GotoAsync(path);
        await Expect(window.Page.Locator("div[inert]")).ToHaveCountAsync(0);

        await Expect(window.Page.Locator("h1")).ToBeFocusedAsync();
        await window.Page.Locator(".skip-link").FocusAsync();
        var (stops, unseen) = (0, new List<string>());
        for (; stops < MostStops; stops++)
        {
            await window.Page.Keyboard.PressAsync("Tab");
            if (await window.Page.EvaluateAsync<string?>(FindUnseenFocus) is not { } what)
            {
                break;
            }
            if (what.Length > 0)
            {
                unseen.Add(what);
            }
        }

        Assert.True(stops > 5, $"Only {stops} elements of {path} can be reached.");
        Assert.True(unseen.Count == 0, $"On {path}: {string.Join('\n', unseen)}");
    }

    [Fact]
    public async Task A_dialog_begins_at_its_first_field_and_says_what_it_needs()
    {
        await using var window = await SignInAsync();

        await window.Page.GotoAsync("/projects");
        await window["add-project"].ClickAsync();

        await Expect(window["project-name"]).ToBeFocusedAsync();
        await Expect(window["project-name"]).ToHaveAttributeAsync("aria-required", "true");
        await Expect(window["project-branch"]).Not.ToHaveAttributeAsync("aria-required", "true");
        await window.Page.GotoAsync("/tools/code.search");
        await Expect(window["argument-query"]).ToHaveAttributeAsync("aria-required", "true");
        await Expect(window["argument-include"]).Not.ToHaveAttributeAsync("aria-required", "true");
        await window.Page.GotoAsync("/tools/imports");
        await window["add-import"].ClickAsync();
        await Expect(window["import-name"]).ToBeFocusedAsync();
        await window.AssertCleanAsync();
    }

    private async Task<BrowserWindow> SignInAsync()
    {
        using var client = new ApiClient((await running.GetSystemAsync()).ApiAddress);
        await client.RegisterAsync();
        var window = await running.OpenAsync();
        await window.SignInAsync(client.Email, ApiClient.Password);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        return window;
    }
}
