using System.Diagnostics;
using System.Globalization;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Bench;

/// <summary>Times a program that does nothing, in the sandbox through the API and bare, in turns.</summary>
internal sealed class SandboxBenchmark(WorkProgress work)
{
    private const double TargetMilliseconds = 30;
    private static readonly string[] Command = ["true"];

    /// <summary>Prints the figures; returns 0 if they meet the target, else 1.</summary>
    public async Task<int> RunAsync(int runs, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var repository = Path.Combine(folder.Path, "repository");
        work.Report("Starting the API on data of its own");
        await SampleRepository.WriteAsync(repository, 100, cancellationToken);
        await using var project = await BenchmarkProject.StartAsync(folder, repository, cancellationToken);
        using var workspace = await project.PostAsync(
            $"/api/v1/projects/{project.Id}/workspaces",
            new { name = "benchmark" },
            cancellationToken
        );
        List<double> bare = [],
            sandboxed = [],
            call = [];
        for (var run = -3; run < runs; run++)
        {
            work.Report($"Run {Math.Max(run, 0)} of {runs}", (double)Math.Max(run, 0) / runs);
            var begin = TimeProvider.System.GetTimestamp();
            using (var process = Process.Start("true"))
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            var alone = TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds;
            using var answer = await project.PostAsync(
                "/api/v1/tools/execute",
                new
                {
                    toolName = "process.run",
                    projectId = project.Id,
                    workspace = "benchmark",
                    arguments = new { command = Command },
                },
                cancellationToken
            );
            if (run >= 0)
            {
                bare.Add(alone);
                sandboxed.Add(answer.RootElement.GetProperty("result").GetProperty("durationMs").GetDouble());
                call.Add(answer.RootElement.GetProperty("timings").GetProperty("total").GetDouble());
            }
        }
        var cost = BenchmarkProject.Percentile(sandboxed, 50) - BenchmarkProject.Percentile(bare, 50);
        await PrintAsync("bare", bare);
        await PrintAsync("in the sandbox", sandboxed);
        await PrintAsync("the whole call", call);
        await work.PrintAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the sandbox costs {cost:0.0} ms   target < {TargetMilliseconds:0} ms   {(cost < TargetMilliseconds ? "PASS" : "FAIL")}"
            )
        );
        return cost < TargetMilliseconds ? 0 : 1;
    }

    private Task PrintAsync(string what, List<double> values) =>
        work.PrintAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -16} p50 {BenchmarkProject.Percentile(values, 50), 7:0.0} ms   p95 "
                    + $"{BenchmarkProject.Percentile(values, 95), 7:0.0} ms"
            )
        );
}
