using System.Globalization;
using System.Text.Json;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Bench;

/// <summary>How a comparison is made.</summary>
internal readonly record struct Rounds(int Count, int Seconds, int Connections);

/// <summary>One comparison of the API with something bare, or with a figure.</summary>
/// <param name="Min">The lower end of the middle half of the rounds; <paramref name="Max"/> is the upper one.</param>
/// <param name="Target">The least ratio, or the least requests a second.</param>
internal sealed record ComparisonResult(
    string Name,
    double Api,
    double? Bare,
    double Value,
    double Min,
    double Max,
    double Target,
    double P99Ms,
    long Failed,
    bool Passed
)
{
    public override string ToString()
    {
        var (ratio, spread, target) = Bare is null
            ? ("", Format($"({Min:0}–{Max:0})"), Format($"{Target:0}"))
            : (Format($"{Value:0.00}"), Format($"({Min:0.00}–{Max:0.00})"), Format($"{Target:0.00}"));
        var verdict =
            Passed ? "PASS"
            : Failed > 0 ? $"FAIL, {Failed} answers were errors"
            : "FAIL";
        return Format($"{Name, -38} {Api, 8:0} {Bare, 9:0}  {ratio, 6} {spread, -15} {target, 7}  {P99Ms, 5:0.0} ms  {verdict}");
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Compares the API with bare Kestrel and raw Npgsql, in turns, in one run on one machine.</summary>
internal sealed class ApiBenchmark(WorkProgress work)
{
    private const int Projects = 100;
    private const int Comparisons = 6;
    private const int WarmUps = 3;

    private static readonly Dictionary<string, string> NoHeaders = [];

    private int _done;

    /// <summary>Prints ratios with their spread and writes them as JSON; returns 0 if all targets are met, else 1.</summary>
    public async Task<int> RunAsync(Rounds rounds, string? json, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        work.Report("Starting the API on data of its own");
        await using var bench = await ApiBench.StartAsync(folder, Projects, cancellationToken);
        await work.PrintAsync(
            $"{rounds.Count} rounds of {rounds.Seconds} s with {rounds.Connections} connections, after a warm-up; requests a second"
        );
        await work.PrintAsync($"{"", -34} {"API", 9} {"bare", 9}  {"ratio", 6} {"(middle half)", -15} {"target", 7}  {"p99", 8}");
        var search = JsonSerializer.Serialize(
            new
            {
                toolName = "code.search",
                projectId = bench.ProjectId,
                arguments = new { query = "return", maxMatches = 20 },
            }
        );
        var uncached = new Dictionary<string, string>(bench.Headers) { ["Cache-Control"] = "no-cache" };
        Side tools = Api("/api/v1/tools");
        Side measured = tools with { Prepare = () => bench.MeasureAsync(true, cancellationToken) };
        Side unmeasured = tools with { Prepare = () => bench.MeasureAsync(false, cancellationToken) };
        // Two processes of the same program differ by more than what is looked for: measuring is turned on and off many times in one.
        var switching = rounds with
        {
            Count = rounds.Count * 5,
            Seconds = 2,
        };
        ComparisonResult[] results =
        [
            await CompareAsync(
                "GET /health",
                Api("/health") with
                {
                    Headers = NoHeaders,
                },
                Bare("/health"),
                0.90,
                rounds,
                cancellationToken
            ),
            await CompareAsync("GET /tools", tools, Bare("/tools"), 0.60, rounds, cancellationToken),
            await CompareAsync(
                "GET /projects (100, from the database)",
                Api("/api/v1/projects") with
                {
                    Headers = uncached,
                },
                Bare("/projects"),
                0.80,
                rounds,
                cancellationToken
            ),
            await CompareAsync("GET /projects (100, cached)", Api("/api/v1/projects"), Bare("/projects"), 0.80, rounds, cancellationToken),
            await CompareAsync("GET /tools, measuring on / off", measured, unmeasured, 0.98, switching, cancellationToken),
            await CompareAsync(
                "cached tool execution",
                Api("/api/v1/tools/execute") with
                {
                    Body = search,
                },
                null,
                5000,
                rounds,
                cancellationToken
            ),
        ];
        if (json is not null)
        {
            var figures = new
            {
                at = TimeProvider.System.GetUtcNow(),
                rounds = rounds.Count,
                rounds.Seconds,
                rounds.Connections,
                results,
            };
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(figures, JsonSerializerOptions.Web), cancellationToken);
        }
        return results.All(result => result.Passed) ? 0 : 1;

        Side Api(string path) => new(new Uri(bench.Api, path), bench.Headers, null);

        Side Bare(string path) => new(new Uri(bench.Bare, path), NoHeaders, null);
    }

    private sealed record Side(Uri Address, IReadOnlyDictionary<string, string> Headers, string? Body)
    {
        public Func<Task>? Prepare { get; init; }
    }

    private async Task<ComparisonResult> CompareAsync(
        string name,
        Side api,
        Side? bare,
        double target,
        Rounds rounds,
        CancellationToken cancellationToken
    )
    {
        List<double> ours = [],
            theirs = [],
            values = [],
            waits = [];
        long failed = 0;
        for (var round = -WarmUps; round < rounds.Count; round++)
        {
            work.Report(name, (_done + (double)(round + WarmUps) / (rounds.Count + WarmUps)) / Comparisons);
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
        _done++;
        var value = BenchmarkProject.Percentile(values, 50);
        var result = new ComparisonResult(
            name,
            BenchmarkProject.Percentile(ours, 50),
            theirs.Count == 0 ? null : BenchmarkProject.Percentile(theirs, 50),
            value,
            BenchmarkProject.Percentile(values, 25),
            BenchmarkProject.Percentile(values, 75),
            target,
            BenchmarkProject.Percentile(waits, 50),
            failed,
            value >= target && failed == 0
        );
        await work.PrintAsync(result.ToString());
        return result;

        async Task<WrkResult?> LoadAsync(Side? side)
        {
            if (side?.Prepare is { } prepare)
            {
                await prepare();
            }
            return side is null
                ? null
                : await Wrk.RunAsync(side.Address, rounds.Connections, rounds.Seconds, side.Headers, side.Body, cancellationToken);
        }
    }
}
