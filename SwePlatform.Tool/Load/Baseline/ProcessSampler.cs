using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace SwePlatform.Tool.Load.Baseline;

/// <summary>What the API's process and this load generator use, if both are on this machine (Linux).</summary>
internal sealed class ProcessSampler
{
    private const double BytesPerMegabyte = 1 << 20;
    private const string ListenState = "0A";
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    private readonly Process? _api;
    private TimeSpan _apiCpu;
    private TimeSpan _ownCpu;
    private long _since;

    private ProcessSampler(Process? api) => _api = api;

    public static ProcessSampler Find(Uri address) =>
        new(
            OperatingSystem.IsLinux() && Dns.GetHostAddresses(address.Host) is [var found, ..] && IPAddress.IsLoopback(found)
                ? FindListener(address.Port)
                : null
        );

    public void Begin()
    {
        (_apiCpu, _ownCpu, _since) = (CpuOf(_api), CpuOf(Process.GetCurrentProcess()), TimeProvider.System.GetTimestamp());
    }

    /// <summary>Averages since <see cref="Begin"/>; cores are processor time by wall time.</summary>
    public ResourceUse End()
    {
        var wall = TimeProvider.System.GetElapsedTime(_since);
        return new ResourceUse(
            _api is null ? null : (CpuOf(_api) - _apiCpu) / wall,
            _api is null ? null : _api.WorkingSet64 / BytesPerMegabyte,
            (CpuOf(Process.GetCurrentProcess()) - _ownCpu) / wall
        );
    }

    private static TimeSpan CpuOf(Process? process)
    {
        if (process is null)
        {
            return TimeSpan.Zero;
        }
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static Process? FindListener(int port)
    {
        var local = $":{port:X4}";
        var socket = SocketTables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields.Length > 9 && fields[1].EndsWith(local, StringComparison.Ordinal) && fields[3] == ListenState)
            ?[9];
        return socket is null
            ? null
            : Directory
                .EnumerateDirectories("/proc")
                .Select(folder =>
                    int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0
                )
                .Where(id => id > 0 && Holds(id, $"socket:[{socket}]"))
                .Select(Process.GetProcessById)
                .FirstOrDefault();
    }

    private static bool Holds(int process, string socket)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Any(file => new FileInfo(file).LinkTarget == socket);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or it is somebody else's.
            return false;
        }
    }
}

/// <param name="ApiCores">Cores that the API kept busy; null if its process is not here.</param>
/// <param name="GeneratorCores">Cores that the load itself cost.</param>
internal readonly record struct ResourceUse(double? ApiCores, double? ApiMegabytes, double GeneratorCores);
