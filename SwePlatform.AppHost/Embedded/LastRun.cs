using System.Diagnostics;
using System.Text.Json;

namespace SwePlatform.AppHost.Embedded;

/// <summary>Remembers which service processes a run has, so that the next one knows its own orphans from strangers.</summary>
internal sealed class LastRun(string path)
{
    // A start time is derived from the clock, which may have been corrected since.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];

    public void Remember(string name, Process process)
    {
        lock (_gate)
        {
            _entries[name] = new Entry(process.Id, process.StartTime);
            File.WriteAllText(path, JsonSerializer.Serialize(_entries));
        }
    }

    /// <summary>Whether a service process of the run before this one is still there.</summary>
    public static bool HasOrphans(string path)
    {
        try
        {
            var entries = JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllText(path));
            return entries?.Values.Any(IsAlive) == true;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return false;
        }
    }

    private static bool IsAlive(Entry entry)
    {
        try
        {
            using var process = Process.GetProcessById(entry.ProcessId);
            return !process.HasExited && (process.StartTime - entry.Started).Duration() < Tolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private sealed record Entry(int ProcessId, DateTime Started);
}
