using System.Net.Http.Json;
using System.Text.Json;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Bench;

/// <summary>A running API with one project, and a client that is signed in to it.</summary>
internal sealed class BenchmarkProject : IAsyncDisposable
{
    private const string AdminPassword = "benchmark-only-password";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly StoresProcess _stores;
    private readonly ApiProcess _api;

    private BenchmarkProject(StoresProcess stores, ApiProcess api)
    {
        (_stores, _api) = (stores, api);
        Client = new HttpClient { BaseAddress = api.Address };
    }

    public RunningSystem Stores => _stores.Running;

    public HttpClient Client { get; }

    public string Id { get; private set; } = "";

    public static async Task<BenchmarkProject> StartAsync(BenchFolder folder, string repository, CancellationToken cancellationToken)
    {
        var stores = await StoresProcess.StartAsync(folder.Data, cancellationToken);
        BenchmarkProject? project = null;
        try
        {
            project = new(stores, ApiProcess.Start(ApiProcess.Settings(stores.Running, folder.Data, AdminPassword, folder.Path)));
            await project._api.WaitUntilHealthyAsync(cancellationToken);
            await project.PrepareAsync(repository, cancellationToken);
            return project;
        }
        catch
        {
            await (project?.DisposeAsync() ?? stores.DisposeAsync());
            throw;
        }
    }

    public async Task<JsonDocument> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await Client.PostAsJsonAsync(path, body, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandException(
                $"POST {path} answers with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}"
            );
        }
        return (await response.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken))!;
    }

    public static double Percentile(List<double> values, int percent) =>
        values.Order().ElementAt(Math.Min(values.Count - 1, values.Count * percent / 100));

    /// <summary>Waits until no project is being cloned.</summary>
    public async Task WaitForAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var page = await Client.GetFromJsonAsync<JsonDocument>("/api/v1/projects?limit=500", cancellationToken);
            if (
                page!.RootElement.GetProperty("items").EnumerateArray().All(project => project.GetProperty("status").GetString() == "ready")
            )
            {
                return;
            }
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _api.DisposeAsync();
        await _stores.DisposeAsync();
    }

    private async Task PrepareAsync(string repository, CancellationToken cancellationToken)
    {
        using var login = await PostAsync(
            "/api/v1/auth/login",
            new { email = ApiTarget.AdminEmail, password = AdminPassword },
            cancellationToken
        );
        Client.DefaultRequestHeaders.Authorization = new("Bearer", login.RootElement.GetProperty("token").GetString());
        using var created = await PostAsync("/api/v1/projects", new { name = "benchmark", repositoryUrl = repository }, cancellationToken);
        Id = created.RootElement.GetProperty("id").GetString()!;
        while (true)
        {
            using var project = await Client.GetFromJsonAsync<JsonDocument>($"/api/v1/projects/{Id}", cancellationToken);
            switch (project!.RootElement.GetProperty("status").GetString())
            {
                case "ready":
                    return;
                case "failed":
                    throw new CommandException(project.RootElement.GetProperty("statusMessage").GetString()!);
                default:
                    await Task.Delay(PollInterval, cancellationToken);
                    break;
            }
        }
    }
}
