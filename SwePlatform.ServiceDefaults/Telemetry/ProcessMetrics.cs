using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace SwePlatform.ServiceDefaults.Telemetry;

/// <summary>
/// What this process uses, under the names of OpenTelemetry's conventions for processes. Everything is read when
/// somebody collects, and costs nothing in between.
/// </summary>
internal sealed class ProcessMetrics : IHostedService
{
    private const string OpenFiles = "/proc/self/fd";

    private static readonly KeyValuePair<string, object?> User = new("cpu.mode", "user");
    private static readonly KeyValuePair<string, object?> System = new("cpu.mode", "system");
    private static readonly KeyValuePair<string, object?> Read = new("disk.io.direction", "read");
    private static readonly KeyValuePair<string, object?> Write = new("disk.io.direction", "write");

    private readonly long _started = Stopwatch.GetTimestamp();

    public ProcessMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Extensions.TelemetryName);
        meter.CreateObservableCounter("process.cpu.time", ReadCpu, "s", "Processor time used.");
        meter.CreateObservableUpDownCounter("process.memory.usage", static () => Environment.WorkingSet, "By", "Physical memory in use.");
        meter.CreateObservableUpDownCounter(
            "process.memory.virtual",
            static () => Ask(process => process.VirtualMemorySize64),
            "By",
            "Address space reserved."
        );
        meter.CreateObservableUpDownCounter(
            "system.memory.limit",
            static () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            "By",
            "Memory that this process may use."
        );
        meter.CreateObservableUpDownCounter(
            "process.thread.count",
            static () => Ask(process => process.Threads.Count),
            "{thread}",
            "Threads."
        );
        meter.CreateObservableGauge("process.uptime", () => Stopwatch.GetElapsedTime(_started).TotalSeconds, "s", "Time since the start.");
        if (OperatingSystem.IsLinux())
        {
            meter.CreateObservableCounter("process.disk.io", ReadDisk, "By", "Bytes moved from and to storage.");
            meter.CreateObservableUpDownCounter(
                "process.unix.file_descriptor.count",
                static () => Directory.EnumerateFileSystemEntries(OpenFiles).LongCount(),
                "{file_descriptor}",
                "Open files and sockets."
            );
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static IEnumerable<Measurement<double>> ReadCpu()
    {
        var usage = Environment.CpuUsage;
        yield return new(usage.UserTime.TotalSeconds, User);
        yield return new(usage.PrivilegedTime.TotalSeconds, System);
    }

    private static IEnumerable<Measurement<long>> ReadDisk()
    {
        var (read, written) = ProcessIo.Read();
        yield return new(read, Read);
        yield return new(written, Write);
    }

    private static long Ask(Func<Process, long> question)
    {
        using var process = Process.GetCurrentProcess();
        return question(process);
    }
}
