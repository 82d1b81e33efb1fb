using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>A whole system with Aspire's dashboard, for these tests alone: one of them resets it.</summary>
public sealed class DashboardSystem : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public AspireSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await AspireSystem.StartAsync(["--SWE_ADMIN_PASSWORD", BrowserSystem.AdminPassword], dashboard: true);
        (_playwright, _browser) = await BrowserSystem.LaunchBrowserAsync();
    }

    public async Task<IPage> OpenAsync(Uri address)
    {
        var context = await _browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1600, Height = 1100 },
            }
        );
        context.SetDefaultTimeout((float)Eventually.Timeout.TotalMilliseconds);
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await System.DisposeAsync();
    }
}

/// <summary>The dashboard as a developer sees it.</summary>
public sealed class DashboardTests(DashboardSystem dashboard) : IClassFixture<DashboardSystem>
{
    private Uri Link => dashboard.System.DashboardLink!;

    [Fact]
    public async Task Every_part_is_there_and_healthy_and_load_tests_wait_to_be_started()
    {
        var page = await dashboard.OpenAsync(Link);

        foreach (var name in (string[])["postgres", "swedb", "redis", "api", "web"])
        {
            await Expect(Row(page, name)).ToContainTextAsync("Running");
            await Expect(Row(page, name)).Not.ToContainTextAsync("Unhealthy");
        }
        // But the smoke test, which a command of another test starts.
        foreach (var scenario in (string[])["load", "stress", "spike", "soak", "breakpoint"])
        {
            await Expect(Row(page, $"k6-{scenario}")).ToContainTextAsync("Not started");
        }
        await Expect(Row(page, "web").GetByText("Sign in (works once)")).ToBeVisibleAsync();
        await Expect(Row(page, "api").GetByText("Reference")).ToHaveAttributeAsync("href", new Regex("/scalar$"));
        await Expect(page.GetByText("development certificate")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_visit_of_a_page_is_one_trace_from_the_front_end_through_the_api_to_both_stores()
    {
        await using var window = await SignInAsync();
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync(new Uri(dashboard.System.WebAddress!, "/projects").ToString());
        await Expect(window["projects"].Or(window["project-row"]).First).ToBeVisibleAsync();
        var page = await dashboard.OpenAsync(Link);
        await page.GotoAsync(new Uri(Link, "/traces").ToString());

        var trace = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "web: GET /projects" }).First;
        foreach (var part in (string[])["web (", "api (", "swedb (", "redis ("])
        {
            await Expect(trace).ToContainTextAsync(part);
        }
        // What looks for work and finds none is not shown.
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "api: postgresql" })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ComponentHub" })).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("/metrics/resource/api", "api_request_duration")]
    [InlineData("/metrics/resource/web", "http.server.request.duration")]
    [InlineData("/structuredlogs/resource/api", "Caching goes on: Redis is connected")]
    [InlineData("/consolelogs/resource/postgres", "database system is ready to accept connections")]
    [InlineData("/consolelogs/resource/redis", "Garnet listens on")]
    public async Task Measurements_and_logs_are_there(string path, string text)
    {
        using (var member = new ApiClient(dashboard.System.ApiAddress))
        {
            (await member.GetAsync("/tools")).ExpectProblem(HttpStatusCode.Unauthorized);
        }
        var page = await dashboard.OpenAsync(Link);
        await page.GotoAsync(new Uri(Link, path).ToString());

        await Expect(page.GetByText(text).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Each_command_does_what_it_says()
    {
        using var admin = new ApiClient(dashboard.System.ApiAddress);
        await admin.LoginAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Eventually.HoldsAsync(
            async () => ((string?)(await admin.GetAsync("/projects")).Body!["items"]![0]?["status"]) == "ready",
            "the platform's own code is cloned"
        );
        var page = await dashboard.OpenAsync(Link);

        await PressAsync(page, "api", "Sign-in link", new(@"http://localhost:\d+/sign-in\?code=\S{20,}"));
        await PressAsync(page, "api", "Seed demo data", new("13 tools were run"), confirmed: true);
        await PressAsync(page, "api", "Run the checklist", new("Optimization checklist", RegexOptions.IgnoreCase));
        await PressAsync(page, "swedb", "Back up", new(@"swedb-.*\.swebackup: \d+ tables"));
        await PressAsync(page, "swedb", "Verify a restore", new("The drill succeeded"), confirmed: true);
        await PressAsync(page, "api", "Start the smoke test", null, confirmed: true);
        await Expect(Row(page, "k6-smoke")).ToContainTextAsync("Running");
        Assert.True((int)(await admin.GetAsync("/executions")).Expect(HttpStatusCode.OK)["items"]!.AsArray().Count > 10);

        await PressAsync(page, "api", "Reset", null, confirmed: true);
        // The address stays, and everybody is gone but the administrator.
        await Eventually.HoldsAsync(async () => await IsEmptyAsync());
    }

    private async Task<bool> IsEmptyAsync()
    {
        try
        {
            using var admin = new ApiClient(dashboard.System.ApiAddress);
            await admin.LoginAsync("admin@swe.local", BrowserSystem.AdminPassword);
            return (await admin.GetAsync("/executions")).Body!["items"]!.AsArray().Count == 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <param name="result">What the dialog with the result shows; null if there is none.</param>
    private static async Task PressAsync(IPage page, string resource, string command, Regex? result, bool confirmed = false)
    {
        await Row(page, resource).GetByRole(AriaRole.Button).Last.ClickAsync();
        var items = page.Locator("fluent-menu-item:visible");
        await Expect(items.Filter(new() { HasText = "View details" })).ToBeVisibleAsync();
        // Where there are many, they are in a menu of their own.
        var commands = items.Filter(new() { HasText = "Commands" });
        if (await commands.CountAsync() > 0)
        {
            await commands.First.HoverAsync();
            await commands.First.ClickAsync();
        }
        await items.Filter(new() { HasTextRegex = new($@"^\s*{command}\s*$") }).ClickAsync();
        if (confirmed)
        {
            await page.Locator("fluent-dialog").GetByText("Yes", new() { Exact = true }).ClickAsync();
        }
        if (result is null)
        {
            return;
        }
        var shown = page.Locator("fluent-dialog").Filter(new() { HasText = "Copy to clipboard" });
        // The element itself has no size; what is in it has.
        await Expect(shown.GetByText("Copy to clipboard")).ToBeVisibleAsync();
        await Expect(shown).ToContainTextAsync(result);
        await page.Keyboard.PressAsync("Escape");
        await Expect(shown.GetByText("Copy to clipboard")).ToBeHiddenAsync();
    }

    private async Task<BrowserWindow> SignInAsync()
    {
        var page = await dashboard.OpenAsync(dashboard.System.WebAddress!);
        var window = new BrowserWindow(page.Context, page);
        await window["email"].FillAsync("admin@swe.local");
        await window["password"].FillAsync(BrowserSystem.AdminPassword);
        await window["sign-in"].ClickAsync();
        return window;
    }

    // Its name is in the first cell; others may name it too.
    private static ILocator Row(IPage page, string name) =>
        page.GetByRole(AriaRole.Row)
            .Filter(new() { Has = page.GetByRole(AriaRole.Gridcell).First.GetByText(name, new() { Exact = true }) });
}
