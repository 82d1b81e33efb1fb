using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Bench;

/// <summary>
/// Times <c>code.search</c> over HTTP, result cache bypassed, beside ripgrep started as a process on a checkout of the
/// same commit, in turns and in one run. Both have to find the same number of lines.
/// </summary>
internal sealed class SearchBenchmark(WorkProgress work)
{
    private const double TargetMilliseconds = 100;

    private static readonly (string Query, bool Regex)[] Queries =
    [
        ("module_4711_", false),
        ("return value_12", false),
        ("no such text anywhere", false),
        (@"class \w+_99\b", true),
        (@"^\s+return value_\d+ \+ 7;$", true),
        (@"[a-z]+_77[0-9]{2}\(", true),
    ];

    /// <summary>Prints the figures; returns 0 if they meet the targets, else 1.</summary>
    public async Task<int> RunAsync(int files, int runs, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var repository = Path.Combine(folder.Path, "repository");
        work.Report($"Writing a repository of {files} files");
        var bytes = await SampleRepository.WriteAsync(repository, files, cancellationToken);
        await PrintAsync($"{files} files, {bytes / 1024 / 1024} MiB, {runs} runs of each query after a warm-up; milliseconds");
        work.Report("Starting the API on data of its own");
        await using var project = await BenchmarkProject.StartAsync(folder, repository, cancellationToken);
        return await CompareAsync(project.Client, project.Id, repository, runs, cancellationToken) ? 0 : 1;
    }

    private async Task<bool> CompareAsync(
        HttpClient client,
        string project,
        string repository,
        int runs,
        CancellationToken cancellationToken
    )
    {
        await PrintAsync(
            $"{"query", -32} {"matches", 8} {"inside p50", 11} {"p95", 7} {"HTTP p50", 9} {"p95", 7} {"rg p50", 8} ",
            $"{"p95", 7} {"HTTP/rg", 8}"
        );
        var passed = true;
        foreach (var (index, (query, regex)) in Queries.Index())
        {
            List<double> inside = [],
                http = [],
                ripgrep = [];
            var matches = 0;
            for (var run = -2; run < runs; run++)
            {
                work.Report(query, (index + (double)Math.Max(run, 0) / runs) / Queries.Length);
                // In turns, so that a noisy moment hits both.
                var ours = await SearchAsync(client, project, query, regex, cancellationToken);
                var theirs = await RipgrepAsync(repository, query, regex, cancellationToken);
                if (ours.Matches != theirs.Matches)
                {
                    throw new CommandException($"'{query}': code.search found {ours.Matches} lines, ripgrep {theirs.Matches}.");
                }
                if (run >= 0)
                {
                    inside.Add(ours.Inside);
                    http.Add(ours.Http);
                    ripgrep.Add(theirs.Milliseconds);
                }
                matches = ours.Matches;
            }
            var ratio = BenchmarkProject.Percentile(http, 50) / BenchmarkProject.Percentile(ripgrep, 50);
            passed &= BenchmarkProject.Percentile(inside, 95) < TargetMilliseconds && ratio <= 1;
            await PrintAsync(
                $"{query, -32} {matches, 8} {BenchmarkProject.Percentile(inside, 50), 11:0.0} ",
                $"{BenchmarkProject.Percentile(inside, 95), 7:0.0} {BenchmarkProject.Percentile(http, 50), 9:0.0} ",
                $"{BenchmarkProject.Percentile(http, 95), 7:0.0} {BenchmarkProject.Percentile(ripgrep, 50), 8:0.0} ",
                $"{BenchmarkProject.Percentile(ripgrep, 95), 7:0.0} {ratio, 8:0.00}"
            );
        }
        await PrintAsync(
            $"targets: inside the API p95 < {TargetMilliseconds:0} ms, and no slower than ripgrep   {(passed ? "PASS" : "FAIL")}"
        );
        return passed;
    }

    private static async Task<(int Matches, double Inside, double Http)> SearchAsync(
        HttpClient client,
        string project,
        string query,
        bool regex,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tools/execute")
        {
            Content = JsonContent.Create(
                new
                {
                    toolName = "code.search",
                    projectId = project,
                    arguments = new
                    {
                        query,
                        regex,
                        maxMatches = 100_000,
                    },
                }
            ),
        };
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        var begin = TimeProvider.System.GetTimestamp();
        using var response = await client.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds;
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(bytes);
        return (
            answer.RootElement.GetProperty("result").GetProperty("matches").GetArrayLength(),
            answer.RootElement.GetProperty("timings").GetProperty("total").GetDouble(),
            elapsed
        );
    }

    private static async Task<(int Matches, double Milliseconds)> RipgrepAsync(
        string repository,
        string query,
        bool regex,
        CancellationToken cancellationToken
    )
    {
        var begin = TimeProvider.System.GetTimestamp();
        using var process =
            Process.Start(
                new ProcessStartInfo(
                    "rg",
                    [
                        regex ? "--regexp" : "--fixed-strings",
                        .. regex ? Array.Empty<string>() : ["--regexp"],
                        query,
                        "--line-number",
                        "--column",
                        "--no-heading",
                        "--color=never",
                        ".",
                    ]
                )
                {
                    WorkingDirectory = repository,
                    RedirectStandardOutput = true,
                }
            ) ?? throw new CommandException("ripgrep could not be started.");
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (text.AsSpan().Count('\n'), TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds);
    }

    private Task PrintAsync(params FormattableString[] parts) =>
        work.PrintAsync(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
