using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SwePlatform.AppHost.Embedded.Services;

/// <summary>One run of a service process.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);
    private static readonly HttpClient Probe = new() { Timeout = ProbeTimeout };

    private readonly ServiceDefinition _definition;

    private ServiceProcess(ServiceDefinition definition, Process process)
    {
        _definition = definition;
        Process = process;
    }

    public Process Process { get; }

    public static ServiceProcess Start(ServiceDefinition definition, HostLog log)
    {
        var start = new ProcessStartInfo(DotnetProgram(), [definition.Assembly])
        {
            WorkingDirectory = definition.ContentRoot,
            UseShellExecute = false,
            // Held open for as long as the service shall run: it stops at the end of its input, whatever ends this process.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ServiceEnvironment.Clean(start.Environment);
        foreach (var (name, value) in definition.Environment())
        {
            start.Environment[name] = value;
        }
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Show(line.Data);
        process.ErrorDataReceived += (_, line) => Show(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServiceProcess(definition, process);

        void Show(string? line)
        {
            if (line is not null)
            {
                log.Write(definition.Name, line);
            }
        }
    }

    /// <summary>Waits until the service says that it is ready; false if it ended before.</summary>
    public async Task<bool> WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        // By address: a name would be looked up, and tried as IPv6 first.
        var health = new Uri($"http://127.0.0.1:{_definition.Port}/health");
        while (!Process.HasExited)
        {
            try
            {
                using var response = await Probe.GetAsync(health, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return !Process.HasExited;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException
                && !cancellationToken.IsCancellationRequested)
            {
                // Not listening yet.
            }
            await Task.Delay(ProbeInterval, cancellationToken);
        }
        return false;
    }

    /// <summary>Asks the service to stop, and ends it if it does not within a grace time or when <paramref name="hurry"/> is cancelled.</summary>
    public async Task StopAsync(HostLog log, CancellationToken hurry)
    {
        if (Process.HasExited)
        {
            return;
        }
        try
        {
            Process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended meanwhile.
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(hurry);
        patience.CancelAfter(Grace);
        try
        {
            await Process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            log.Host($"{_definition.Name} did not stop in time and is ended");
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => Process.Dispose();

    // The one that runs this process: there may be others on the PATH, or none.
    private static string DotnetProgram()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var program = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(program) ? program : "dotnet";
    }
}
