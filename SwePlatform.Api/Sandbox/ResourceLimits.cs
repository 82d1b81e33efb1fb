using System.Globalization;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// The kernel's limits for each process by itself, as arguments for <c>prlimit</c>; what all of a run take together is
/// watched (<see cref="ProcessWatch"/>).
/// </summary>
internal sealed class ResourceLimits
{
    // A limit above the server's own cannot be set, not even one that would never be reached.
    private readonly Dictionary<string, long> _highest = Read();

    public string[] Arguments(SandboxOptions options, bool deleteOnly) =>
        [
            "/usr/bin/prlimit",
            Limit("cpu", "Max cpu time", options.CpuSeconds),
            // Data, not address space: runtimes reserve more of that than the machine has.
            Limit("data", "Max data size", options.MemoryBytes * 2),
            Limit("nproc", "Max processes", options.Processes),
            Limit("fsize", "Max file size", deleteOnly ? 0 : options.FileBytes),
            "--core=0",
            "--msgqueue=0",
            "--",
        ];

    private string Limit(string name, string shown, long value) =>
        string.Create(CultureInfo.InvariantCulture, $"--{name}={Math.Min(value, _highest.GetValueOrDefault(shown, long.MaxValue))}");

    // "Max cpu time              unlimited            unlimited            seconds": name, soft, hard, unit.
    private static Dictionary<string, long> Read()
    {
        const int nameWidth = 26;
        const string file = "/proc/self/limits";
        var lines = File.Exists(file) ? File.ReadAllLines(file).Skip(1) : [];
        return lines
            .Where(line => line.Length > nameWidth)
            .ToDictionary(
                line => line[..nameWidth].Trim(),
                line =>
                    long.TryParse(
                        line[nameWidth..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var hard
                    )
                        ? hard
                        : long.MaxValue
            );
    }
}
