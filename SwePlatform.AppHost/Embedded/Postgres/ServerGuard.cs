using System.Diagnostics;
using System.Globalization;

namespace SwePlatform.AppHost.Embedded.Postgres;

/// <summary>
/// Stops the server if the host dies without doing so: a shell waits for the end of its input, which the system
/// brings about however the host ends. It knows the server by its pid, so it cannot stop the server of a next run.
/// </summary>
internal sealed class ServerGuard : IDisposable
{
    // Ctrl-C at the terminal reaches the shell as well. SIGINT is PostgreSQL's fast, clean shutdown.
    private const string Script = "trap '' INT HUP TERM; read -r _ || kill -INT \"$1\"";

    private readonly Process _shell;

    private ServerGuard(Process shell) => _shell = shell;

    /// <summary>Starts to guard; null where there is no such shell, so that the next start has to clean up.</summary>
    public static ServerGuard? Start(Postmaster server, ServerAccount account)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }
        var start = account.Run("/bin/sh", "-c", Script, "guard", server.ProcessId.ToString(CultureInfo.InvariantCulture));
        start.WorkingDirectory = "/";
        start.RedirectStandardInput = true;
        return new ServerGuard(Process.Start(start)!);
    }

    /// <summary>The server was stopped, or is gone: nothing is left to guard.</summary>
    public void Dispose()
    {
        try
        {
            _shell.StandardInput.WriteLine();
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shell was killed.
        }
        _shell.Dispose();
    }
}
