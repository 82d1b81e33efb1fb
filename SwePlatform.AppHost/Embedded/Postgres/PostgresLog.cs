using System.Text;
using System.Text.RegularExpressions;

namespace SwePlatform.AppHost.Embedded.Postgres;

/// <summary>Follows the server's log files and shows its warnings and errors. The server never waits for this reader.</summary>
internal sealed partial class PostgresLog(string folder, HostLog log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _read = Sizes(folder);

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                ShowNew();
            }
        }
        catch (OperationCanceledException)
        {
            ShowNew();
        }
    }

    /// <summary>The last lines of the newest log, for a message about a failure.</summary>
    public static string Tail(string folder, int lines)
    {
        var newest = new DirectoryInfo(folder).EnumerateFiles("*.log")
            .Where(file => file.Length > 0).MaxBy(file => file.LastWriteTimeUtc);
        return newest is null ? "" : string.Join('\n', File.ReadLines(newest.FullName).TakeLast(lines));
    }

    private void ShowNew()
    {
        foreach (var (path, size) in Sizes(folder))
        {
            var from = _read.GetValueOrDefault(path);
            if (size != from)
            {
                Show(path, size < from ? 0 : from);
            }
        }
    }

    private void Show(string path, long from)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var text = reader.ReadToEnd();
        // What follows the last line end is still being written.
        var complete = text.LastIndexOf('\n') + 1;
        _read[path] = from + Encoding.UTF8.GetByteCount(text.AsSpan(0, complete));
        foreach (var line in text[..complete].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (WorthShowing().IsMatch(line))
            {
                log.Write("postgres", line.TrimEnd());
            }
        }
    }

    private static Dictionary<string, long> Sizes(string folder) => new DirectoryInfo(folder)
        .EnumerateFiles("postgresql-*.log").ToDictionary(file => file.FullName, file => file.Length);

    [GeneratedRegex(@"\] (WARNING|ERROR|FATAL|PANIC):  ")]
    private static partial Regex WorthShowing();
}
