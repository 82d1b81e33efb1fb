using System.Globalization;
using System.Text.Json;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>One comparison of the API with something bare, or with a figure.</summary>
/// <param name="Min">The lower end of the middle half of the rounds; <paramref name="Max"/> is the upper one.</param>
/// <param name="Target">The least ratio, or the least requests a second.</param>
internal sealed record ComparisonResult(string Name, double Api, double? Bare, double Value, double Min, double Max, double Target, double P99Ms, long Failed, bool Passed);

/// <summary>Compares the API with bare Kestrel and raw Npgsql, in turns, in one run on one machine.</summary>
internal sealed class ApiBenchmark(TextWriter output)
{
    private const int Projects = 100;
    private const int ShortSeconds = 2;
    private const int WarmUps = 3;

    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <summary>Prints ratios with their spread and writes them as JSON; returns 0 if all targets are met, else 1.</summary>
    public async Task<int> RunAsync(int rounds, int seconds, int connections, string? json, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("swe-benchmark-");
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            }
            await using var bench = await ApiBench.StartAsync(folder.FullName, Projects, cancellationToken);
            await output.WriteLineAsync($"{rounds} rounds of {seconds} s with {connections} connections, after a warm-up; requests a second");
            await output.WriteLineAsync($"{"",-34} {"API",9} {"bare",9}  {"ratio",6} {"(middle half)",-15} {"target",7}  {"p99",8}");
            var search = JsonSerializer.Serialize(new { toolName = "code.search", projectId = bench.ProjectId, arguments = new { query = "return", maxMatches = 20 } });
            var fresh = new Dictionary<string, string>(bench.Headers) { ["Cache-Control"] = "no-cache" };
            Side tools = new(new Uri(bench.Api, "/api/v1/tools"), bench.Headers, null);
            Side measured = tools with { Prepare = () => bench.MeasureAsync(true, cancellationToken) };
            Side unmeasured = tools with { Prepare = () => bench.MeasureAsync(false, cancellationToken) };
            ComparisonResult[] results =
            [
                await CompareAsync("GET /health", new(new Uri(bench.Api, "/health"), NoHeaders, null), new(new Uri(bench.Bare, "/health"), NoHeaders, null), 0.90),
                await CompareAsync("GET /tools", tools, new(new Uri(bench.Bare, "/tools"), NoHeaders, null), 0.60),
                await CompareAsync("GET /projects (100, from the database)", new(new Uri(bench.Api, "/api/v1/projects"), fresh, null), new(new Uri(bench.Bare, "/projects"), NoHeaders, null), 0.80),
                await CompareAsync("GET /projects (100, cached)", new(new Uri(bench.Api, "/api/v1/projects"), bench.Headers, null), new(new Uri(bench.Bare, "/projects"), NoHeaders, null), 0.80),
                // Two processes of the same program differ by more than what is looked for: this is one, turned on and off many times.
                await this.CompareAsync("GET /tools, measuring on / off", measured, unmeasured, 0.98, rounds * 5, ShortSeconds, connections, cancellationToken),
                await CompareAsync("cached tool execution", new(new Uri(bench.Api, "/api/v1/tools/execute"), bench.Headers, search), null, 5000),
            ];
            if (json is not null)
            {
                await File.WriteAllTextAsync(json, JsonSerializer.Serialize(new { at = TimeProvider.System.GetUtcNow(), rounds, seconds, connections, results }, JsonSerializerOptions.Web), cancellationToken);
            }
            return results.All(result => result.Passed) ? 0 : 1;

            Task<ComparisonResult> CompareAsync(string name, Side api, Side? bare, double target) =>
                this.CompareAsync(name, api, bare, target, rounds, seconds, connections, cancellationToken);
        }
        catch (HostException exception)
        {
            await output.WriteLineAsync(exception.Message);
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed record Side(Uri Address, IReadOnlyDictionary<string, string> Headers, string? Body)
    {
        public Func<Task>? Prepare { get; init; }
    }

    private async Task<ComparisonResult> CompareAsync(string name, Side api, Side? bare, double target, int rounds, int seconds, int connections, CancellationToken cancellationToken)
    {
        List<double> ours = [], theirs = [], values = [], waits = [];
        long failed = 0;
        for (var round = -WarmUps; round < rounds; round++)
        {
            // In turns, the first of them changing, so that neither always meets a machine that the other has warmed.
            var first = round % 2 == 0 ? await LoadAsync(bare) : null;
            var own = (await LoadAsync(api))!;
            var other = first ?? await LoadAsync(bare);
            if (round < 0)
            {
                continue;
            }
            ours.Add(own.RequestsPerSecond);
            waits.Add(own.P99Ms);
            failed += own.Failed;
            if (other is not null)
            {
                theirs.Add(other.RequestsPerSecond);
            }
            values.Add(other is null ? own.RequestsPerSecond : own.RequestsPerSecond / other.RequestsPerSecond);
        }
        var value = BenchmarkProject.Percentile(values, 50);
        var p99 = BenchmarkProject.Percentile(waits, 50);
        var passed = value >= target && failed == 0;
        var result = new ComparisonResult(name, BenchmarkProject.Percentile(ours, 50), theirs.Count == 0 ? null : BenchmarkProject.Percentile(theirs, 50), value, BenchmarkProject.Percentile(values, 25), BenchmarkProject.Percentile(values, 75), target, p99, failed, passed);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{name,-38} {result.Api,8:0} {result.Bare,9:0}  {(bare is null ? "" : $"{value:0.00}"),6} {(bare is null ? $"({result.Min:0}–{result.Max:0})" : $"({result.Min:0.00}–{result.Max:0.00})"),-15} {(bare is null ? $"{target:0}" : $"{target:0.00}"),7}  {p99,5:0.0} ms  {(passed ? "PASS" : failed > 0 ? $"FAIL, {failed} answers were errors" : "FAIL")}"));
        return result;

        async Task<WrkResult?> LoadAsync(Side? side)
        {
            if (side?.Prepare is { } prepare)
            {
                await prepare();
            }
            return side is null ? null : await Wrk.RunAsync(side.Address, connections, seconds, side.Headers, side.Body, cancellationToken);
        }
    }
}
