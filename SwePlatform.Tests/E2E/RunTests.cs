using System.Net;
using System.Net.Http.Json;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>Tests of pages that show programs run in a workspace: each has a user, a project and a workspace of its own.</summary>
public abstract class RunTests(BrowserSystem running) : IAsyncLifetime
{
    private protected ApiClient Client { get; private set; } = null!;

    private protected Guid Project { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Client = new((await running.GetSystemAsync()).ApiAddress);
        await Client.RegisterAsync();
        Project = await Client.AddProjectAsync(
            new TestRepository(Path.Combine(running.RepositoryRoot, Guid.CreateVersion7().ToString("N")))
                .Write("a.txt", "a\n")
                .Commit()
                .Folder
        );
        (await Client.PostAsync($"/projects/{Project}/workspaces", new { name = "bench" })).Expect(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected async Task<BrowserWindow> SignInAsync(int width = 1280)
    {
        var window = await running.OpenAsync(width);
        await window.SignInAsync(Client.Email, ApiClient.Password);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        return window;
    }

    private protected async Task<Guid> StartAsync(params string[] command) =>
        (Guid)(await CallAsync(command, ("Prefer", "respond-async"))).Expect(HttpStatusCode.Accepted)["id"]!;

    private protected async Task RunAsync(params string[] command) => (await CallAsync(command)).Expect(HttpStatusCode.OK);

    private Task<Answer> CallAsync(string[] command, params (string, string)[] headers)
    {
        var call = new
        {
            toolName = "process.run",
            projectId = Project,
            workspace = "bench",
            arguments = new { command, timeoutSeconds = 600 },
        };
        return Client.SendAsync(HttpMethod.Post, "/tools/execute", JsonContent.Create(call), headers);
    }
}
