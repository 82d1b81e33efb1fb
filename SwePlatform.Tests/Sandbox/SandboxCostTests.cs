using System.Diagnostics;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Infrastructure;
using Xunit;

namespace SwePlatform.Tests.Sandbox;

public sealed class SandboxCostTests(Platform platform, ITestOutputHelper output)
{
    [Fact]
    public async Task A_small_command_costs_less_than_30_ms_over_running_it_bare()
    {
        const int runs = 30;
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit());
        await bench.RunAsync("true");
        var (bare, shut) = (new List<double>(), new List<double>());

        for (var run = 0; run < runs; run++)
        {
            var clock = Stopwatch.StartNew();
            using (var process = Process.Start(new ProcessStartInfo("true") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!)
            {
                await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
            bare.Add(clock.Elapsed.TotalMilliseconds);
            shut.Add((long)(await bench.RunAsync("true"))["durationMs"]!);
        }

        // Medians, and a margin for a machine on which other tests run at the same time.
        var cost = Median(shut) - Median(bare);
        output.WriteLine($"bare {Median(bare):0.0} ms, sandboxed {Median(shut):0.0} ms");
        Assert.True(cost < 30 * 3, $"It costs {cost:0.0} ms.");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
