using System.Diagnostics;
using System.Globalization;

namespace SwePlatform.Tool.Chaos;

/// <summary>Finds the process that listens on a port of this machine, as Linux tells it.</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <returns>Null while nobody listens there.</returns>
    public static Process? Find(int port)
    {
        var sockets = Tables.Where(File.Exists).SelectMany(table => Sockets(table, port)).ToHashSet();
        if (sockets.Count == 0)
        {
            return null;
        }
        // The lowest: servers hand a socket on to what they start, and that is younger.
        var owners =
            from folder in Directory.EnumerateDirectories("/proc")
            let id = int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0
            where id > 0 && Holds(folder, sockets)
            orderby id
            select id;
        try
        {
            return owners.FirstOrDefault() is > 0 and var owner ? Process.GetProcessById(owner) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Sockets(string table, int port)
    {
        var local = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return from line in File.ReadLines(table).Skip(1)
            let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where fields.Length > 9 && fields[1].EndsWith(local, StringComparison.Ordinal) && fields[3] == Listening
            select $"socket:[{fields[9]}]";
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFiles(Path.Combine(process, "fd"))
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
