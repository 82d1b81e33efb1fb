using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SwePlatform.AppHost.Embedded.LoadTest;

/// <summary>The machine that a run was made on. Figures of different machines are not comparable.</summary>
internal sealed record Machine(string CpuModel, int Cores, long MemoryMegabytes, string Os)
{
    public static Machine Read() => new(
        ReadCpu() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        ReadMemory(),
        RuntimeInformation.OSDescription);

    /// <summary>The commit that the checkout is at; null outside of one.</summary>
    public static async Task<string?> ReadCommitAsync(CancellationToken cancellationToken)
    {
        var repository = Repository.Find();
        if (!repository.IsGitCheckout)
        {
            return null;
        }
        var outcome = await ExternalProgram.RunAsync(new ProcessStartInfo("git", ["-C", repository.Root, "rev-parse", "HEAD"]), cancellationToken);
        return outcome.Succeeded ? outcome.Output : null;
    }

    public override string ToString() => $"{CpuModel}, {Cores} cores, {MemoryMegabytes / 1024.0:0.0} GiB memory, {Os}";

    private static string? ReadCpu()
    {
        if (OperatingSystem.IsLinux())
        {
            return File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
    }

    // The physical memory: what a container is allowed is part of what is measured, so that is taken if it is less.
    private static long ReadMemory() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
}
