using System.Net.Http.Json;
using System.Text.Json;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>A running system with one project, and a client that is signed in to it.</summary>
internal sealed class BenchmarkProject : IAsyncDisposable
{
    private const string AdminPassword = "benchmark-only-password";

    private readonly EmbeddedSystem _system;

    private BenchmarkProject(EmbeddedSystem system, HttpClient client, string id) => (_system, Client, Id) = (system, client, id);

    public EmbeddedSystem System => _system;

    public HttpClient Client { get; }

    public string Id { get; }

    public static async Task<BenchmarkProject> StartAsync(string folder, string repository, CancellationToken cancellationToken)
    {
        var system = await EmbeddedSystem.StartAsync(
            new EmbeddedOptions { DataDirectory = Path.Combine(folder, "data"), ApiPort = 0, WithWeb = false, LocalRoots = [folder], AdminPassword = AdminPassword },
            cancellationToken);
        var client = new HttpClient { BaseAddress = system.ApiAddress };
        try
        {
            using var login = await PostAsync(client, "/api/v1/auth/login", new { email = "admin@swe.local", password = AdminPassword }, cancellationToken);
            client.DefaultRequestHeaders.Authorization = new("Bearer", login.RootElement.GetProperty("token").GetString());
            using var created = await PostAsync(client, "/api/v1/projects", new { name = "benchmark", repositoryUrl = repository }, cancellationToken);
            var id = created.RootElement.GetProperty("id").GetString()!;
            await WaitAsync(client, id, cancellationToken);
            return new(system, client, id);
        }
        catch
        {
            client.Dispose();
            await system.DisposeAsync();
            throw;
        }
    }

    public Task<JsonDocument> PostAsync(string path, object body, CancellationToken cancellationToken) => PostAsync(Client, path, body, cancellationToken);

    public static double Percentile(List<double> values, int percent) => values.Order().ElementAt(Math.Min(values.Count - 1, values.Count * percent / 100));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _system.DisposeAsync();
    }

    /// <summary>Waits until no project is being cloned.</summary>
    public async Task WaitForAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var page = await Client.GetFromJsonAsync<JsonDocument>("/api/v1/projects?limit=500", cancellationToken);
            if (page!.RootElement.GetProperty("items").EnumerateArray().All(project => project.GetProperty("status").GetString() == "ready"))
            {
                return;
            }
            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task WaitAsync(HttpClient client, string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var project = await client.GetFromJsonAsync<JsonDocument>($"/api/v1/projects/{id}", cancellationToken);
            switch (project!.RootElement.GetProperty("status").GetString())
            {
                case "ready":
                    return;
                case "failed":
                    throw new HostException(project.RootElement.GetProperty("statusMessage").GetString()!);
                default:
                    await Task.Delay(100, cancellationToken);
                    break;
            }
        }
    }

    private static async Task<JsonDocument> PostAsync(HttpClient client, string path, object body, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(path, body, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken))!;
    }
}
