using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using SwePlatform.Tool.Processes;

namespace SwePlatform.Tool.Bench;

/// <summary>The platform with a hundred projects, and the bare server on the same database.</summary>
internal sealed class ApiBench : IAsyncDisposable
{
    private static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(1.2);

    private readonly BenchmarkProject _project;
    private readonly Process _bare;

    private ApiBench(BenchmarkProject project, Process bare, Uri bareAddress) => (_project, _bare, Bare) = (project, bare, bareAddress);

    public Uri Api => _project.Client.BaseAddress!;

    public Uri Bare { get; }

    public string ProjectId => _project.Id;

    public IReadOnlyDictionary<string, string> Headers =>
        new Dictionary<string, string> { ["Authorization"] = _project.Client.DefaultRequestHeaders.Authorization!.ToString() };

    public static async Task<ApiBench> StartAsync(BenchFolder folder, int projects, CancellationToken cancellationToken)
    {
        var repository = Path.Combine(folder.Path, "repository");
        await SampleRepository.WriteAsync(repository, 50, cancellationToken);
        var project = await BenchmarkProject.StartAsync(folder, repository, cancellationToken);
        try
        {
            for (var i = 1; i < projects; i++)
            {
                using var created = await project.PostAsync(
                    "/api/v1/projects",
                    new { name = string.Create(CultureInfo.InvariantCulture, $"project {i:000}"), repositoryUrl = repository },
                    cancellationToken
                );
            }
            await project.WaitForAllAsync(cancellationToken);
            var tools = Path.Combine(folder.Path, "tools.json");
            await File.WriteAllBytesAsync(
                tools,
                await project.Client.GetByteArrayAsync(new Uri("/api/v1/tools", UriKind.Relative), cancellationToken),
                cancellationToken
            );
            var bare = await StartBareAsync(project.Stores.Database!, tools, cancellationToken);
            return new(project, bare.Process, bare.Address);
        }
        catch
        {
            await project.DisposeAsync();
            throw;
        }
    }

    /// <summary>Turns the measuring of requests on or off, and waits until the API has taken notice.</summary>
    public async Task MeasureAsync(bool on, CancellationToken cancellationToken)
    {
        using var response = await _project.Client.PutAsJsonAsync(
            new Uri("/api/v1/config/performance.record-requests", UriKind.Relative),
            new { value = on },
            cancellationToken
        );
        response.EnsureSuccessStatusCode();
        await Task.Delay(NoticeTime, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _bare.Kill();
        await _bare.WaitForExitAsync();
        _bare.Dispose();
        await _project.DisposeAsync();
    }

    private static async Task<(Process Process, Uri Address)> StartBareAsync(
        string database,
        string tools,
        CancellationToken cancellationToken
    )
    {
        var port = LocalPorts.FindFree();
        var start = new ProcessStartInfo(DotnetProgram.Path)
        {
            ArgumentList =
            {
                typeof(BareServer).Assembly.Location,
                BareServer.Name,
                "--port",
                port.ToString(CultureInfo.InvariantCulture),
                "--tools",
                tools,
            },
            // As the API is run. The database's address holds a password, which is for no command line.
            Environment =
            {
                ["DOTNET_gcServer"] = "1",
                ["DOTNET_gcConcurrent"] = "1",
                [BareServer.Database] = database,
            },
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var address = new Uri($"http://localhost:{port}");
        using var client = new HttpClient { BaseAddress = address };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await client.GetStringAsync(new Uri("/health", UriKind.Relative), cancellationToken);
                return (process, address);
            }
            catch (HttpRequestException) when (attempt < 200 && !process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
