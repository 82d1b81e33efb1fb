using System.Text;
using Microsoft.Playwright;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>HTTP APIs made into tools with nothing but the web pages.</summary>
public sealed class ImportsPageTests(BrowserSystem running)
{
    private const string Document = """
        openapi: 3.1.0
        info: {title: Pet store, version: "1"}
        paths:
          /pets/{petId}:
            get:
              operationId: getPet
              parameters:
                - {name: petId, in: path, required: true, schema: {type: integer}}
          /pets:
            get: {operationId: listPets}
          /elsewhere: {$ref: 'other.yaml'}
        """;

    private const string Secret = "pet-token-that-nobody-sees";

    [Fact]
    public async Task An_api_is_imported_used_refreshed_and_deleted()
    {
        var name = $"p{Guid.CreateVersion7():N}"[..20];
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/tools");
        await window["imports"].ClickAsync();

        await window["add-import"].ClickAsync();
        await window["import-name"].FillAsync("code");
        await window["import-by-text"].ClickAsync();
        await window["import-spec"].FillAsync(Document);
        await window["import-base-url"].FillAsync("https://pets.example/v1");
        await window["credential-type"].ClickAsync();
        await window.Page.GetByText("Bearer token").ClickAsync();
        await window["credential-token"].FillAsync(Secret);
        await window["import-submit"].ClickAsync();
        await Expect(window.Page.GetByText("'code' is the name of tools of the platform; choose another.")).ToBeVisibleAsync();
        await window.AssertFitsAsync();
        await window["import-name"].FillAsync(name);
        await window["import-submit"].ClickAsync();

        await Expect(window["import-facts"]).ToContainTextAsync("2 tools");
        await Expect(window["import-facts"]).ToContainTextAsync("kept encrypted, not shown");
        await Expect(window["import-skipped"]).ToContainTextAsync("another document");
        Assert.DoesNotContain(Secret, await window.Page.ContentAsync(), StringComparison.Ordinal);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "2 tools" }).ClickAsync();
        await Expect(window["tool-row"]).ToHaveCountAsync(2);
        await window.Page.GoBackAsync();

        await window.Page.SetViewportSizeAsync(390, 844);
        await window["import-refresh"].ClickAsync();
        // Longer than one message of a circuit may be, and so is the list of its tools.
        var renamed =
            Document.Replace("listPets", "allPets", StringComparison.Ordinal)
            + string.Concat(
                Enumerable.Range(0, 500).Select(i => $"\n  /p{i}: {{get: {{operationId: op{i}, summary: {new string('x', 100)}}}}}")
            );
        await window["import-spec-file"]
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "pets.yaml",
                    MimeType = "application/yaml",
                    Buffer = Encoding.UTF8.GetBytes(renamed),
                }
            );
        await window["refresh-submit"].ClickAsync();
        await Expect(window["refresh-added"]).ToContainTextAsync($"{name}.allPets");
        await window["refresh-submit"].ClickAsync();
        await Expect(window["import-refreshed"].GetByTestId("refresh-removed")).ToHaveTextAsync($"{name}.listPets");
        await window.AssertFitsAsync();

        await window["import-change"].ClickAsync();
        await window["change-base-url"].FillAsync("https://other.example/v1");
        await window["change-submit"].ClickAsync();
        await Expect(window.Page.GetByText("The credential is for the server that the import has now.")).ToBeVisibleAsync();
        await window["change-forget"].ClickAsync();
        await window["change-submit"].ClickAsync();
        await Expect(window["import-facts"]).ToContainTextAsync("https://other.example/v1");
        await Expect(window["import-facts"]).ToContainTextAsync("none");

        await window.Page.GotoAsync("/tools/imports");
        var row = window["import-row"].Filter(new() { HasText = name });
        await Expect(row).ToContainTextAsync("502 tools");
        await window.AssertFitsAsync();
        await window.Page.GotoAsync("/tools");
        await window["tool-filter"].ClickAsync();
        await window["tool-filter"].FillAsync($"{name}.op49");
        await Expect(window["tool-row"]).ToHaveCountAsync(11);

        await window.Page.GotoAsync("/tools/imports");
        await row.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await window["import-delete"].ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(window["add-import"]).ToBeVisibleAsync();
        await Expect(row).ToHaveCountAsync(0);
        await window.AssertCleanAsync();
    }
}
