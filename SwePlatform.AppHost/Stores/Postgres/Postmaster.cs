using System.Diagnostics;
using System.Globalization;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>The server process that a cluster's <c>postmaster.pid</c> names: is it there, and is it really the server?</summary>
internal sealed record Postmaster(string Cluster, int ProcessId, DateTimeOffset Started)
{
    // Clocks are corrected while a server runs; a pid that was reused belongs to a much younger process.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromMinutes(2);

    /// <summary>The entry in the cluster's lock file, or null if there is none.</summary>
    public static Postmaster? Read(string cluster)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(LockFile(cluster));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        return
            lines.Length >= 3
            && int.TryParse(lines[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(lines[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var started)
            ? new Postmaster(cluster, pid, DateTimeOffset.FromUnixTimeSeconds(started))
            : null;
    }

    public static string LockFile(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>Whether any process has this pid.</summary>
    public bool ProcessExists()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether the process with this pid is the server of this cluster, not one that got its pid later.</summary>
    public bool IsRunning()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            if (OperatingSystem.IsLinux())
            {
                // The server works in its cluster's folder, and no other process has a reason to.
                return File.ResolveLinkTarget($"/proc/{ProcessId}/cwd", returnFinalTarget: false)?.FullName == RealCluster()
                    && process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
            }
            return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase)
                && (new DateTimeOffset(process.StartTime) - Started).Duration() < StartTolerance;
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The kernel shows the path without symbolic links, in any of its parts.
    private string RealCluster()
    {
        var real = Path.GetPathRoot(Cluster)!;
        foreach (var part in Path.GetRelativePath(real, Cluster).Split(Path.DirectorySeparatorChar))
        {
            var next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true)?.FullName ?? next;
        }
        return real;
    }
}
