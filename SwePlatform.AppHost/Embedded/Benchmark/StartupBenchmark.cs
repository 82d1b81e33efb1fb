using System.Globalization;
using SwePlatform.AppHost.Embedded.Services;

namespace SwePlatform.AppHost.Embedded.Benchmark;

/// <summary>Starts the API again and again on running stores, and the whole system once.</summary>
internal sealed class StartupBenchmark(TextWriter output)
{
    private const double TargetMilliseconds = 3000;
    private const double TargetMegabytes = 200;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>Prints the figures; returns 0 if they meet the targets, else 1.</summary>
    public async Task<int> RunAsync(int runs, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("swe-benchmark-");
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                // Otherwise root's Postgres would keep its data elsewhere.
                folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            }
            var options = new EmbeddedOptions { DataDirectory = Path.Combine(folder.FullName, "data"), ApiPort = 0, WebPort = 0 };
            var passed = await MeasureApiAsync(options, runs, cancellationToken);
            await MeasureSystemAsync(options, cancellationToken);
            return passed ? 0 : 1;
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

    private async Task<bool> MeasureApiAsync(EmbeddedOptions options, int runs, CancellationToken cancellationToken)
    {
        await using var stores = await EmbeddedSystem.StartStoresAsync(options, cancellationToken);
        var first = await StartApiAsync(stores, idle: false, cancellationToken);
        await PrintAsync($"API, first start on an empty database   {first.Milliseconds,8:0} ms");

        var times = new List<double>();
        var memory = (ProcessMemory?)null;
        for (var run = 1; run <= runs; run++)
        {
            var measured = await StartApiAsync(stores, idle: run == runs, cancellationToken);
            times.Add(measured.Milliseconds);
            memory = measured.Memory;
        }
        times.Sort();
        var median = times[times.Count / 2];
        var fast = median < TargetMilliseconds;
        var small = memory!.Value.ResidentMegabytes < TargetMegabytes;
        await PrintAsync($"API, start to /health 200 ({runs} runs)      {times[0]:0} / {median:0} / {times[^1]:0} ms (min / median / max)   target < {TargetMilliseconds:0} ms   {Verdict(fast)}");
        await PrintAsync($"API, memory after {Idle.TotalSeconds:0} idle seconds       {memory}   target < {TargetMegabytes:0} MB resident   {Verdict(small)}");
        return fast && small;
    }

    private static async Task<(double Milliseconds, ProcessMemory? Memory)> StartApiAsync(
        EmbeddedSystem stores, bool idle, CancellationToken cancellationToken)
    {
        var repository = Repository.Find();
        var port = Ports.FindFree();
        var log = new HostLog(TextWriter.Null, colors: false);
        var definition = new ServiceDefinition(
            "api", repository.BuiltAssembly("SwePlatform.Api"), Path.Combine(repository.Root, "SwePlatform.Api"), port,
            () => [.. ServiceEnvironment.ForProcess(port), .. stores.ApiEnvironment]);

        var begin = TimeProvider.System.GetTimestamp();
        using var api = ServiceProcess.Start(definition, log);
        try
        {
            if (!await api.WaitUntilHealthyAsync(cancellationToken))
            {
                throw new HostException($"The API ended with exit code {api.Process.ExitCode} before it was ready. Start the platform to see why.");
            }
            var elapsed = TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds;
            if (!idle)
            {
                return (elapsed, null);
            }
            await Task.Delay(Idle, cancellationToken);
            return (elapsed, ProcessMemory.Read(api.Process));
        }
        finally
        {
            await api.StopAsync(log, CancellationToken.None);
        }
    }

    private async Task MeasureSystemAsync(EmbeddedOptions options, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        await using var system = await EmbeddedSystem.StartAsync(options, cancellationToken);
        await PrintAsync($"Whole system, start to ready            {TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds,8:0} ms");
    }

    private static string Verdict(bool passed) => passed ? "PASS" : "FAIL";

    private Task PrintAsync(FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));
}
