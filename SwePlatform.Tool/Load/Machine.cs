using System.Runtime.InteropServices;

namespace SwePlatform.Tool.Load;

/// <summary>The machine that a run was made on. Figures of different machines are not comparable.</summary>
internal sealed record Machine(string CpuModel, int Cores, long MemoryMegabytes, string Os)
{
    public static Machine Read() =>
        new(
            ReadCpu() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            ReadMemory(),
            RuntimeInformation.OSDescription
        );

    public override string ToString() => $"{CpuModel}, {Cores} cores, {MemoryMegabytes / 1024.0:0.0} GiB memory, {Os}";

    private static string? ReadCpu()
    {
        if (OperatingSystem.IsLinux())
        {
            return File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1]
                .Trim();
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
    }

    // The physical memory: what a container is allowed is part of what is measured, so that is taken if it is less.
    private static long ReadMemory() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
}
