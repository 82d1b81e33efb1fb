using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>The front page, the list of runs and the page of a run, as somebody works with them.</summary>
public sealed class WorkbenchPageTests(BrowserSystem running) : RunTests(running)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task The_front_page_shows_what_runs_and_what_went_wrong_and_keeps_up(int width)
    {
        await using var window = await SignInAsync(width);
        await Expect(window["first-steps"]).ToBeVisibleAsync();
        await Expect(window["home-failed"]).ToContainTextAsync("passed");

        await RunAsync("sh", "-c", "exit 3");
        var id = await StartAsync("sleep", "600");

        await Expect(window["home-failed"].GetByTestId("run-row")).ToContainTextAsync("failed · exit 3");
        await Expect(window["home-running"].GetByTestId("run-row")).ToContainTextAsync("command: sleep 600");
        await window.AssertFitsAsync();
        await Client.PostAsync($"/executions/{id}/cancel");
        await Expect(window["home-running"].GetByTestId("run-row")).ToHaveCountAsync(0);
        await Expect(window["home-recent"].GetByTestId("run-row")).ToHaveCountAsync(2);
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task Runs_are_filtered_by_the_address_counted_and_saved_as_CSV()
    {
        await RunAsync("sh", "-c", "exit 3");
        await Client.ExecuteAsync("files.list", Project);
        await using var window = await SignInAsync();

        await window.Page.GotoAsync("/executions");
        await Expect(window["execution-row"]).ToHaveCountAsync(2);
        await Expect(window["activity"]).ToContainTextAsync("2 runs");
        await Expect(window.Page.Locator("div[inert]")).ToHaveCountAsync(0);
        await window["execution-tool"].FillAsync("files.");
        await window["execution-tool"].PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync(new Regex("tool=files\\."));
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
        await Expect(window["execution-row"]).ToContainTextAsync("files.list");
        await Expect(window["activity"]).ToContainTextAsync("1 run");

        var download = await window.Page.RunAndWaitForDownloadAsync(() => window["csv"].ClickAsync());
        var csv = await File.ReadAllLinesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Equal(2, csv.Length);
        Assert.Contains(",files.list,", csv[1], StringComparison.Ordinal);

        await window.Page.GotoAsync($"/executions?outcome=failed%2Cerror&range=1h&projectId={Project}");
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
        await Expect(window["execution-row"]).ToContainTextAsync("exit 3");
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task Output_appears_in_order_while_it_is_written_and_the_call_can_be_made_again()
    {
        var id = await StartAsync("sh", "-c", "for i in $(seq 1 200); do printf 'line \\033[31m%d\\033[0m <b>\\n' $i; done; sleep 600");
        await using var window = await SignInAsync();

        await window.Page.GotoAsync($"/executions/{id}");
        await Expect(window["terminal"]).ToContainTextAsync("line 200 <b>");
        var text = await window["terminal"].Locator("pre").TextContentAsync();
        Assert.Equal(
            string.Concat(Enumerable.Range(1, 200).Select(line => $"line {line} <b>\n")),
            text!.Replace("\r", "", StringComparison.Ordinal)
        );
        await Expect(window["terminal"].Locator(".ansi-1").First).ToHaveTextAsync("1");
        await Expect(window["call"]).ToContainTextAsync("sleep 600");
        await window["cancel"].ClickAsync();
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "cancelled");

        await window["run-again"].ClickAsync();
        await Expect(window.Page).Not.ToHaveURLAsync(new Regex($"{id}$"));
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "running");
        await Expect(window["terminal"]).ToContainTextAsync("line 200 <b>");
        await window["cancel"].ClickAsync();
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "cancelled");
        await Expect(window["receipt-chart"]).ToBeVisibleAsync();
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task What_was_typed_into_a_form_outlives_the_page()
    {
        await using var window = await SignInAsync();
        await window.Page.GotoAsync($"/tools/code.search?projectId={Project}");
        await Expect(window.Page.Locator("div[inert]")).ToHaveCountAsync(0);
        await window["argument-query"].FillAsync("half a thou");

        await window.Page.ReloadAsync();

        await Expect(window["argument-query"]).ToHaveValueAsync("half a thou");
        await window["run"].ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex("query=half%20a%20thou"));
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task An_address_with_nothing_at_it_keeps_the_way_out()
    {
        await using var window = await SignInAsync();

        var answer = await window.Page.GotoAsync("/no/such/page");

        Assert.Equal((int)HttpStatusCode.NotFound, answer!.Status);

        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("Page not found");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Executions", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("Executions");
    }
}
