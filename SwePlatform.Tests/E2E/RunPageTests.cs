using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>Runs in the browser: what they came to, how they are followed, and what ends them.</summary>
public sealed class RunPageTests(BrowserSystem running) : RunTests(running)
{
    [Fact]
    public async Task A_running_execution_that_is_opened_from_the_list_is_shown_to_its_end()
    {
        var id = await StartAsync("sleep", "600");
        await using var window = await SignInAsync();
        await OpenListAsync(window);

        await window["execution-link"].ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex($"/executions/{id}$"));
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "running");
        await Expect(window["elapsed"]).ToBeVisibleAsync();
        await Expect(window["announcement"]).ToHaveTextAsync("Running");
        await Client.PostAsync($"/executions/{id}/cancel");

        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "cancelled");
        await Expect(window["announcement"]).ToHaveTextAsync("Result: cancelled");
        await Expect(window["cancel"]).ToHaveCountAsync(0);
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task A_program_that_failed_is_nowhere_shown_in_green_and_found_by_its_outcome()
    {
        await RunAsync("sh", "-c", "exit 3");
        await RunAsync("true");
        await using var window = await SignInAsync(390);

        await window.Page.GotoAsync("/executions?outcome=failed");
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
        await ExpectFailedAsync(window["execution-row"].GetByTestId("outcome-chip"));
        await window.AssertFitsAsync();
        await window["execution-link"].ClickAsync();
        await ExpectFailedAsync(window["outcome"].GetByTestId("outcome-chip"));
        await window.AssertFitsAsync();

        await window.Page.GotoAsync("/executions?outcome=passed");
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
        await Expect(window["outcome-chip"]).ToHaveClassAsync("chip chip-good");
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task A_list_is_typed_one_item_a_line_and_Enter_runs_nothing()
    {
        await using var window = await SignInAsync();
        await window.Page.GotoAsync($"/tools/process.run?projectId={Project}&workspace=bench&command=sh&command=-c");
        var field = window["argument-command"];
        await Expect(field).ToHaveValueAsync("sh\n-c");
        Assert.Equal("TEXTAREA", await field.EvaluateAsync<string>("field => field.tagName"));

        await field.ClickAsync();
        await field.PressAsync("Control+End");
        await field.PressAsync("Enter");
        await field.PressSequentiallyAsync("exit 3");
        await Expect(field).ToHaveValueAsync("sh\n-c\nexit 3");
        Assert.Empty(await ListAsync());
        await window["run"].ClickAsync();

        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "failed");
        await ExpectFailedAsync(window["outcome"].GetByTestId("outcome-chip"));
        await Expect(window["announcement"]).ToHaveTextAsync("Result: failed · exit 3");
        var run = Assert.Single(await ListAsync())!;
        var arguments = (await Client.GetAsync($"/executions/{run["id"]}")).Expect(HttpStatusCode.OK)["arguments"]!;
        Assert.Equal(["sh", "-c", "exit 3"], arguments["command"]!.AsArray().Select(part => (string)part!));
        await window.AssertCleanAsync();
    }

    [Fact]
    public async Task Leaving_the_page_ends_no_run_and_Cancel_does_wherever_the_run_is_shown()
    {
        await using var window = await SignInAsync();
        var id = await RunInPageAsync(window);

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Executions", Exact = true }).ClickAsync();
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
        // An end would come at once, if leaving the page caused it.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal("running", await StatusAsync(id));
        await window["execution-cancel"].ClickAsync();
        await Expect(window["outcome-chip"]).ToHaveTextAsync("cancelled");
        Assert.Equal("cancelled", await StatusAsync(id));

        id = await RunInPageAsync(window);
        await window["run-link"].ClickAsync();
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "running");
        await window["cancel"].ClickAsync();
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "cancelled");
        Assert.Equal("cancelled", await StatusAsync(id));

        id = await RunInPageAsync(window);
        await window["cancel"].ClickAsync();
        await Expect(window["outcome"]).ToHaveAttributeAsync("data-outcome", "cancelled");
        Assert.Equal("cancelled", await StatusAsync(id));

        // The browser's own way to leave: the page is gone, and the connection with it.
        id = await RunInPageAsync(window);
        await window.Page.GotoAsync("about:blank");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal("running", await StatusAsync(id));
        await Client.PostAsync($"/executions/{id}/cancel");
    }

    private static async Task OpenListAsync(BrowserWindow window)
    {
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Executions", Exact = true }).ClickAsync();
        await Expect(window["execution-row"]).ToHaveCountAsync(1);
    }

    private async Task<Guid> RunInPageAsync(BrowserWindow window)
    {
        await window.Page.GotoAsync($"/tools/process.run?projectId={Project}&workspace=bench&command=sleep&command=600");
        await window["run"].ClickAsync();
        var address = (await window["run-link"].GetAttributeAsync("href"))!;
        var id = Guid.Parse(address.Split('/')[^1]);
        await Eventually.HoldsAsync(async () => await StatusAsync(id) == "running");
        return id;
    }

    private static async Task ExpectFailedAsync(ILocator chip)
    {
        await Expect(chip).ToHaveTextAsync("failed · exit 3");
        await Expect(chip).ToHaveClassAsync("chip chip-bad");
    }

    private async Task<JsonArray> ListAsync() => (await Client.GetAsync("/executions")).Expect(HttpStatusCode.OK)["items"]!.AsArray();

    private async Task<string> StatusAsync(Guid id) =>
        (string)(await Client.GetAsync($"/executions/{id}")).Expect(HttpStatusCode.OK)["status"]!;
}
