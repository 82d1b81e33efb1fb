using System.Collections.Concurrent;
using System.Diagnostics;
using SwePlatform.Tool.Processes;

namespace SwePlatform.Tool.Bench;

/// <summary>A built program of the platform, run for as long as a measurement takes.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 30;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    // What would change where a program listens, which database it takes, or whom it reports to.
    private static readonly string[] Foreign =
    [
        "ASPNETCORE_HTTP_PORTS",
        "ASPNETCORE_HTTPS_PORTS",
        "SWE_ADMIN_PASSWORD",
        "API_URL",
        "API_TOKEN",
        "DATABASE_URL",
    ];
    private static readonly string[] ForeignPrefixes = ["PG", "OTEL_", "DOTNET_DASHBOARD", "ASPIRE_", "DCP_"];

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly bool _stopsWithInput;

    private ChildProcess(Process process, bool stopsWithInput) => (Process, _stopsWithInput) = (process, stopsWithInput);

    public Process Process { get; }

    /// <summary>The last lines that it wrote.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    /// <param name="stopsWithInput">Whether the end of its input, which is held open, tells it to stop; otherwise SIGTERM does.</param>
    /// <param name="onLine">Called with each line that it writes.</param>
    public static ChildProcess Start(
        string assembly,
        string folder,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        bool stopsWithInput,
        Action<string>? onLine = null
    )
    {
        var start = new ProcessStartInfo(DotnetProgram.Path, [assembly, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var name in start
                .Environment.Keys.Where(name =>
                    Foreign.Contains(name) || ForeignPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
                )
                .ToList()
        )
        {
            start.Environment.Remove(name);
        }
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        var child = new ChildProcess(new Process { StartInfo = start }, stopsWithInput);
        child.Process.OutputDataReceived += (_, line) => child.Take(line.Data, onLine);
        child.Process.ErrorDataReceived += (_, line) => child.Take(line.Data, onLine);
        child.Process.Start();
        child.Process.BeginOutputReadLine();
        child.Process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Asks it to stop, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!Process.HasExited)
            {
                await AskToStopAsync();
                using var timeout = new CancellationTokenSource(StopTimeout);
                await Process.WaitForExitAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync(CancellationToken.None);
        }
        Process.Dispose();
    }

    private async Task AskToStopAsync()
    {
        if (_stopsWithInput)
        {
            try
            {
                Process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }
        else if (OperatingSystem.IsWindows())
        {
            Process.Kill(entireProcessTree: true);
        }
        else
        {
            await CapturedProgram.RunAsync(new ProcessStartInfo("kill", ["-TERM", $"{Process.Id}"]));
        }
    }

    private void Take(string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }
        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }
        onLine?.Invoke(line);
    }
}
