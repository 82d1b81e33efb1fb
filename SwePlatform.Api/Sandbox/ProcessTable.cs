using System.Globalization;

namespace SwePlatform.Api.Sandbox;

/// <summary>What the processes below one take together.</summary>
/// <param name="Tasks">Processes and threads.</param>
/// <param name="MemoryBytes">Memory that is theirs alone.</param>
/// <param name="Processes">Their ids.</param>
internal readonly record struct ProcessUse(int Tasks, long MemoryBytes, IReadOnlyList<int> Processes);

/// <summary>All processes of this machine at one moment, from <c>/proc</c>.</summary>
internal sealed class ProcessTable
{
    private readonly ILookup<int, (int Pid, int Threads, long Rss)> _children;

    private ProcessTable(IEnumerable<(int Parent, int Pid, int Threads, long Rss)> processes) =>
        _children = processes.ToLookup(process => process.Parent, process => (process.Pid, process.Threads, process.Rss));

    public static ProcessTable Read() => new(ReadAll().ToList());

    /// <summary>Adds up all that descends from a process, itself left out.</summary>
    public ProcessUse Below(int pid)
    {
        var (tasks, memory, processes) = (0, 0L, new List<int>());
        var pending = new Stack<int>([pid]);
        while (pending.TryPop(out var parent))
        {
            foreach (var child in _children[parent])
            {
                tasks += child.Threads;
                memory += PrivateBytes(child.Pid, child.Rss);
                pending.Push(child.Pid);
                processes.Add(child.Pid);
            }
        }
        return new(tasks, memory, processes);
    }

    private static IEnumerable<(int Parent, int Pid, int Threads, long Rss)> ReadAll()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                !int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                || ReadText(pid, "stat") is not { } text
            )
            {
                continue;
            }
            // "<pid> (<name>) <state> <parent> …": the name may hold anything, also blanks and brackets.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            yield return (
                Parse(fields[1]),
                pid,
                Parse(fields[17]),
                long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize
            );
        }
    }

    // Pages that are shared with others (libraries, the parent's after a fork) would be counted many times over.
    private static long PrivateBytes(int pid, long rss) =>
        ReadText(pid, "statm")?.Split(' ') is { Length: > 2 } fields
            ? Math.Max(0, rss - long.Parse(fields[2], CultureInfo.InvariantCulture) * Environment.SystemPageSize)
            : 0;

    private static string? ReadText(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Parse(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
