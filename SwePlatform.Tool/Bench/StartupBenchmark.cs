using System.Diagnostics;
using System.Globalization;
using SwePlatform.Tool.Processes;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Bench;

/// <summary>Starts the API again and again on running stores, and the whole system once.</summary>
internal sealed class StartupBenchmark(WorkProgress work)
{
    private const double TargetMilliseconds = 3000;
    private const double TargetMegabytes = 200;
    private const string AdminPassword = "benchmark-only-password";
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SystemTimeout = TimeSpan.FromMinutes(5);

    // What the AppHost says once everything answers, and then in which order it did.
    private static readonly string[] Phases = ["Ready: ", "Started: "];

    /// <summary>Prints the figures; returns 0 if they meet the targets, else 1.</summary>
    public async Task<int> RunAsync(int runs, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var passed = await MeasureApiAsync(folder, runs, cancellationToken);
        await MeasureSystemAsync(folder, cancellationToken);
        return passed ? 0 : 1;
    }

    private async Task<bool> MeasureApiAsync(BenchFolder folder, int runs, CancellationToken cancellationToken)
    {
        work.Report("Starting the stores");
        await using var stores = await StoresProcess.StartAsync(folder.Data, cancellationToken);
        var settings = ApiProcess.Settings(stores.Running, folder.Data, AdminPassword, localRoot: null);
        work.Report("Starting the API on an empty database");
        var first = await StartApiAsync(settings, idle: false, cancellationToken);
        await PrintAsync($"API, first start on an empty database   {first.Milliseconds, 8:0} ms");

        var times = new List<double>();
        var memory = (ProcessMemory?)null;
        for (var run = 1; run <= runs; run++)
        {
            work.Report($"Starting the API, {run} of {runs}", (double)run / runs);
            var measured = await StartApiAsync(settings, idle: run == runs, cancellationToken);
            times.Add(measured.Milliseconds);
            memory = measured.Memory;
        }
        times.Sort();
        var median = times[times.Count / 2];
        var fast = median < TargetMilliseconds;
        var small = memory!.Value.ResidentMegabytes < TargetMegabytes;
        var spread = string.Create(CultureInfo.InvariantCulture, $"{times[0]:0} / {median:0} / {times[^1]:0} ms (min / median / max)");
        await PrintAsync($"API, start to /health 200 ({runs} runs)      {spread}   target < {TargetMilliseconds:0} ms   {Verdict(fast)}");
        await PrintAsync(
            $"API, memory after {Idle.TotalSeconds:0} idle seconds       {memory}   target < {TargetMegabytes:0} MB resident   ",
            $"{Verdict(small)}"
        );
        return fast && small;
    }

    private static async Task<(double Milliseconds, ProcessMemory? Memory)> StartApiAsync(
        IReadOnlyDictionary<string, string> settings,
        bool idle,
        CancellationToken cancellationToken
    )
    {
        var begin = TimeProvider.System.GetTimestamp();
        await using var api = ApiProcess.Start(settings);
        await api.WaitUntilHealthyAsync(cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds;
        if (!idle)
        {
            return (elapsed, null);
        }
        await Task.Delay(Idle, cancellationToken);
        return (elapsed, ProcessMemory.Read(api.Process));
    }

    private async Task MeasureSystemAsync(BenchFolder folder, CancellationToken cancellationToken)
    {
        work.Report("Starting the whole system");
        var ready = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var phases = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begin = TimeProvider.System.GetTimestamp();
        await using var system = AppHost.Start(
            folder.Data,
            ["--api-port", $"{LocalPorts.FindFree()}", "--web-port", $"{LocalPorts.FindFree()}"],
            line =>
            {
                if (line.StartsWith(Phases[0], StringComparison.Ordinal))
                {
                    ready.TrySetResult(TimeProvider.System.GetElapsedTime(begin));
                }
                else if (line.StartsWith(Phases[1], StringComparison.Ordinal))
                {
                    phases.TrySetResult(line[Phases[1].Length..]);
                }
            }
        );
        await Task.WhenAny(ready.Task, EndOf(system.Process), Task.Delay(SystemTimeout, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (!ready.Task.IsCompletedSuccessfully)
        {
            throw new CommandException($"The system did not start:{Environment.NewLine}{system.Output}");
        }
        await PrintAsync($"Whole system, start to ready            {(await ready.Task).TotalMilliseconds, 8:0} ms");
        if (await Task.WhenAny(phases.Task, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken)) == phases.Task)
        {
            await PrintAsync($"  {await phases.Task}");
        }
    }

    private static async Task EndOf(Process process) => await process.WaitForExitAsync(CancellationToken.None);

    private static string Verdict(bool passed) => passed ? "PASS" : "FAIL";

    private Task PrintAsync(params FormattableString[] parts) =>
        work.PrintAsync(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
