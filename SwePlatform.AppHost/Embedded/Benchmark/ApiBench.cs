using System.Diagnostics;
using System.Globalization;
using SwePlatform.AppHost.Embedded.Services;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>The platform with a hundred projects, the same API without measuring, and the bare server, all on the same stores.</summary>
internal sealed class ApiBench : IAsyncDisposable
{
    private readonly BenchmarkProject _project;
    private readonly ServiceProcess _plain;
    private readonly Process _bare;
    private readonly HostLog _log = new(TextWriter.Null, colors: false);

    private ApiBench(BenchmarkProject project, ServiceProcess plain, Process bare, Uri plainAddress, Uri bareAddress) =>
        (_project, _plain, _bare, Plain, Bare) = (project, plain, bare, plainAddress, bareAddress);

    public Uri Api => _project.Client.BaseAddress!;

    /// <summary>Another replica, which does not measure requests.</summary>
    public Uri Plain { get; }

    public Uri Bare { get; }

    public string ProjectId => _project.Id;

    public IReadOnlyDictionary<string, string> Headers => new Dictionary<string, string> { ["Authorization"] = _project.Client.DefaultRequestHeaders.Authorization!.ToString() };

    public static async Task<ApiBench> StartAsync(string folder, int projects, CancellationToken cancellationToken)
    {
        var repository = Path.Combine(folder, "repository");
        await SampleRepository.WriteAsync(repository, 50, cancellationToken);
        var project = await BenchmarkProject.StartAsync(folder, repository, cancellationToken);
        try
        {
            for (var i = 1; i < projects; i++)
            {
                using var created = await project.PostAsync("/api/v1/projects", new { name = string.Create(CultureInfo.InvariantCulture, $"project {i:000}"), repositoryUrl = repository }, cancellationToken);
            }
            await project.WaitForAllAsync(cancellationToken);
            var tools = Path.Combine(folder, "tools.json");
            await File.WriteAllBytesAsync(tools, await project.Client.GetByteArrayAsync(new Uri("/api/v1/tools", UriKind.Relative), cancellationToken), cancellationToken);
            var plain = await StartPlainAsync(project.System, cancellationToken);
            var bare = await StartBareAsync(project.System, tools, cancellationToken);
            return new(project, plain.Process, bare.Process, plain.Address, bare.Address);
        }
        catch
        {
            await project.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _bare.Kill();
        await _bare.WaitForExitAsync();
        _bare.Dispose();
        await _plain.StopAsync(_log, CancellationToken.None);
        _plain.Dispose();
        await _project.DisposeAsync();
    }

    private static async Task<(ServiceProcess Process, Uri Address)> StartPlainAsync(EmbeddedSystem system, CancellationToken cancellationToken)
    {
        var repository = Repository.Find();
        var port = Ports.FindFree();
        var definition = new ServiceDefinition(
            "api", repository.BuiltAssembly("SwePlatform.Api"), Path.Combine(repository.Root, "SwePlatform.Api"), port,
            () => [.. ServiceEnvironment.ForProcess(port), .. system.ApiEnvironment, new("Performance__RecordRequests", "false")]);
        var process = ServiceProcess.Start(definition, new HostLog(TextWriter.Null, colors: false));
        return await process.WaitUntilHealthyAsync(cancellationToken) ? (process, definition.Address) : throw new HostException("The second replica of the API did not start.");
    }

    private static async Task<(Process Process, Uri Address)> StartBareAsync(EmbeddedSystem system, string tools, CancellationToken cancellationToken)
    {
        var port = Ports.FindFree();
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                typeof(BareServer).Assembly.Location, BareServer.Name, "--port", port.ToString(CultureInfo.InvariantCulture), "--tools", tools, "--database", system.DatabaseConnectionString,
            },
            // As the API is run.
            Environment = { ["DOTNET_gcServer"] = "1", ["DOTNET_gcConcurrent"] = "1" },
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
