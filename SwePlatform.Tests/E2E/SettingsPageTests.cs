using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>The page of settings, for those who set them and for those who read them.</summary>
public sealed class SettingsPageTests(BrowserSystem running)
{
    [Fact]
    public async Task An_administrator_adds_changes_and_deletes_a_setting_and_others_look_it_up()
    {
        var key = $"e2e.{Guid.CreateVersion7():N}";
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/settings");

        await window["add-setting"].ClickAsync();
        await FillAsync(window, "Upper", "{\"limit\": 5}");
        await Expect(window.Page.GetByText("lower-case letters, digits, '.', '-' and '_', and begins with a letter")).ToBeVisibleAsync();
        await FillAsync(window, key, "plain text");
        await Expect(window.Page.GetByText("Text needs double quotes")).ToBeVisibleAsync();
        await FillAsync(window, key, "{\"limit\": 5, \"names\": [\"<b>\", \"naïve\"]}");
        var row = window["setting-row"].Filter(new() { HasText = key });
        await Expect(row.GetByTestId("setting-value"))
            .ToHaveTextAsync(new Regex("\"limit\": 5,.*\"<b>\",.*\"naïve\"", RegexOptions.Singleline));

        await Expect(row.GetByTestId("setting-value")).ToHaveAttributeAsync("tabindex", "0");

        await window.Page.SetViewportSizeAsync(390, 844);
        await row.GetByTestId("setting-edit").ClickAsync();
        await window["setting-text"].FillAsync($"\"{new string('x', 70_000)}\"");
        await window["setting-submit"].ClickAsync();
        await Expect(window.Page.GetByText("A value has at most 64 KiB.")).ToBeVisibleAsync();
        await window.AssertFitsAsync();
        await window["setting-text"].FillAsync($"\"{new string('y', 50_000)}\"");
        await window["setting-submit"].ClickAsync();
        await Expect(row).ToContainTextAsync("48.8 KiB of JSON");
        await window.AssertFitsAsync();
        // What a page keeps from prerendering goes back to the server in one message, which must not be too long.
        await window.Page.ReloadAsync();
        await row.GetByTestId("setting-edit").ClickAsync();
        await Expect(window["setting-text"]).ToHaveValueAsync($"\"{new string('y', 50_000)}\"");
        await window["setting-text"].FillAsync("42");
        await window["setting-submit"].ClickAsync();
        await Expect(row.GetByTestId("setting-value")).ToHaveTextAsync("42");

        await LookUpAsync(key);
        await row.GetByTestId("setting-delete").ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await window.AssertCleanAsync();
    }

    private async Task LookUpAsync(string key)
    {
        var email = $"{Guid.CreateVersion7():N}@swe.local";
        using var http = new HttpClient { BaseAddress = (await running.GetSystemAsync()).ApiAddress };
        (
            await http.PostAsJsonAsync(
                "/api/v1/auth/register",
                new { email, password = "correct-horse-battery-7" },
                TestContext.Current.CancellationToken
            )
        ).EnsureSuccessStatusCode();
        await using var window = await running.OpenAsync(390, 844);
        await window.SignInAsync(email, "correct-horse-battery-7");
        await Expect(window["home-running"]).ToBeVisibleAsync();

        await window.Page.GotoAsync("/settings");
        // A field can be filled before the page can be used, but not clicked.
        await window["lookup-key"].ClickAsync();
        await window["lookup-key"].FillAsync(key + "-not");
        await window["lookup-submit"].ClickAsync();
        await Expect(window["error"]).ToContainTextAsync("There is no such setting");
        await window["lookup-key"].FillAsync(key);
        await window["lookup-submit"].ClickAsync();

        await Expect(window["setting-value"]).ToHaveTextAsync("42");
        await Expect(window["add-setting"]).ToHaveCountAsync(0);
        await window.AssertFitsAsync();
        await window.AssertCleanAsync();
    }

    private static async Task FillAsync(BrowserWindow window, string key, string value)
    {
        await window["setting-key"].FillAsync(key);
        await window["setting-text"].FillAsync(value);
        await window["setting-submit"].ClickAsync();
    }
}
