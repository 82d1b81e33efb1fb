using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SwePlatform.AppHost;
using SwePlatform.Tests.Builders;
using Xunit;

namespace SwePlatform.Tests.Monitoring;

/// <summary>A real Prometheus with the configuration in <c>deploy/prometheus</c>, which scrapes one API every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusServer(DirectoryInfo folder, Process process, Uri address)
    {
        (_folder, _process) = (folder, process);
        _http = new() { BaseAddress = address, Timeout = Eventually.Timeout };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static bool IsInstalled => Find("prometheus") && Find("promtool");

    public static async Task<PrometheusServer> StartAsync(Uri api)
    {
        var folder = Directory.CreateTempSubdirectory("swe-prometheus-");
        var source = Path.Combine(Deployment.Folder, "prometheus");
        foreach (var file in Directory.EnumerateFiles(source, "*.yml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.FullName, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var configuration = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            (await File.ReadAllTextAsync(configuration, Cancel)).Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal),
            Cancel
        );
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "targets", "api.yml"), $"- targets: ['127.0.0.1:{api.Port}']\n", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "targets", "web.yml"), "[]\n", Cancel);

        var address = new Uri($"http://127.0.0.1:{Ports.FindFree()}");
        var process = Process.Start(
            new ProcessStartInfo(
                "prometheus",
                [
                    $"--config.file={configuration}",
                    $"--storage.tsdb.path={folder.FullName}/data",
                    $"--web.listen-address={address.Authority}",
                    "--log.level=error",
                    "--enable-feature=exemplar-storage",
                ]
            )
        )!;
        var server = new PrometheusServer(folder, process, address);
        try
        {
            await server.WaitUntilReadyAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    /// <summary>Runs promtool on files of <c>deploy/prometheus</c>; returns its exit code and what it said.</summary>
    public static async Task<(int ExitCode, string Output)> CheckAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("promtool", arguments)
            {
                WorkingDirectory = Path.Combine(Deployment.Folder, "prometheus"),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>How many series an expression returns whose value is a number.</summary>
    public async Task<int> CountAsync(string expression)
    {
        var answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        Assert.True((string?)answer["status"] == "success", $"{expression}: {answer["error"]}");
        return answer["data"]!["result"]!.AsArray().Count(series => (string?)series!["value"]![1] != "NaN");
    }

    public async Task<IReadOnlyList<string>> ValuesAsync(string label, string? selector = null) =>
        [
            .. (await GetAsync($"/api/v1/label/{label}/values{(selector is null ? "" : $"?match[]={Uri.EscapeDataString(selector)}")}"))[
                "data"
            ]!
                .AsArray()
                .Select(value => (string)value!),
        ];

    public async Task<int> CountExemplarsAsync(string expression) =>
        (await GetAsync($"/api/v1/query_exemplars?start=0&end=9999999999&query={Uri.EscapeDataString(expression)}"))["data"]!
            .AsArray()
            .Sum(series => series!["exemplars"]!.AsArray().Count);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path, Cancel);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    private async Task WaitUntilReadyAsync()
    {
        while (!_process.HasExited)
        {
            try
            {
                using var response = await _http.GetAsync("/-/ready", Cancel);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(50, Cancel);
        }
        Assert.Fail($"Prometheus ended with exit code {_process.ExitCode}.");
    }

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
