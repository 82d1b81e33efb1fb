using System.Diagnostics;
using System.Globalization;
using SwePlatform.Tests.Builders;
using Xunit;

namespace SwePlatform.Tests.Fixtures;

/// <summary>The AppHost as a program, and what it says.</summary>
internal sealed class AppHostProcess : IDisposable
{
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];

    private AppHostProcess(Process process)
    {
        Process = process;
        process.OutputDataReceived += (_, line) => Keep(_lines, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    public static async Task<AppHostProcess> StartAsync(string data, params string[] arguments)
    {
        var system = Start(data, arguments);
        await Eventually.HoldsAsync(() => system.Lines("Ready") > 0 || system.Process.HasExited, "the AppHost is ready");
        Assert.False(system.Process.HasExited, system.Errors);
        return system;
    }

    public static AppHostProcess Start(string data, params string[] arguments) => StartWith([], data, arguments);

    public static AppHostProcess StartWith(Dictionary<string, string> environment, string data, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, "--data", data, "--no-dashboard", "true", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return new(new Process { StartInfo = start });
    }

    /// <summary>How many lines begin so.</summary>
    public int Lines(string beginning)
    {
        lock (_lines)
        {
            return _lines.Count(line => line.StartsWith(beginning, StringComparison.Ordinal));
        }
    }

    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await Process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void KillOrchestrator() =>
        Kill(command =>
            command.Contains($"start-apiserver --monitor {Process.Id} ", StringComparison.Ordinal)
            && !command.Contains(" --detach ", StringComparison.Ordinal)
        );

    /// <summary>Kills a program that this AppHost started, which its data folder tells from others.</summary>
    public void KillChild(string program) =>
        Kill((command, id) => command.TrimEnd().EndsWith(program, StringComparison.Ordinal) && IsMine(id));

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
        }
        Process.Dispose();
    }

    private static string Program =>
        // In its own folder: what it starts is found from there.
        Path.Combine(
            SourceTree.Root,
            "SwePlatform.AppHost",
            "bin",
            Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!,
            "net10.0",
            "SwePlatform.AppHost.dll"
        );

    private bool IsMine(int id)
    {
        var data = Process.StartInfo.ArgumentList[2];
        return File.ReadAllText($"/proc/{id}/environ").Contains($"={data}/", StringComparison.Ordinal);
    }

    private static void Kill(Func<string, bool> which) => Kill((command, _) => which(command));

    private static void Kill(Func<string, int, bool> which)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                && Command(folder) is { Length: > 0 } command
                && which(command, id)
            )
            {
                using var found = Process.GetProcessById(id);
                found.Kill();
                return;
            }
        }
        Assert.Fail("There is no such process.");
    }

    private static string Command(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').TrimEnd() + " ";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Keep(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }
    }
}
