using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Sandbox;

/// <summary>Finds bubblewrap, and out whether it works here.</summary>
internal sealed class Bubblewrap(SandboxPlan plan, ProcessStarter starter, IOptions<SandboxOptions> options) : IDisposable
{
    private const string Advice =
        " An administrator who accepts that programs run with all rights of this server can set Tools:AllowUnsandboxed.";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _works;

    /// <summary>The program, or null to run without a sandbox because the operator said so.</summary>
    /// <exception cref="RequestException">There is no sandbox: 503, with what to install or to change.</exception>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        var (bwrap, problem) = await ProbeAsync(cancellationToken);
        return bwrap is not null || options.Value.AllowUnsandboxed
            ? bwrap
            : throw new RequestException(StatusCodes.Status503ServiceUnavailable, problem + Advice);
    }

    /// <summary>The program, or null if there is none that works: for what is limited without it, too.</summary>
    public async Task<string?> FindOrNullAsync(CancellationToken cancellationToken) => (await ProbeAsync(cancellationToken)).Program;

    private async Task<(string? Program, string? Problem)> ProbeAsync(CancellationToken cancellationToken)
    {
        var program = OperatingSystem.IsLinux() ? FindOnPath(options.Value.Bubblewrap) : null;
        if (program is null || FindOnPath("prlimit") is null)
        {
            return (
                null,
                "Tools that run programs need bubblewrap, which is not on this server. Install the package 'bubblewrap' (and "
                    + "'util-linux' for prlimit), such as: apt-get install bubblewrap."
            );
        }
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // What did not work is tried again: the operator may have fixed it.
            return _works || await TryAsync(program, cancellationToken) is not { } error
                ? (program, null)
                : (
                    null,
                    $"Bubblewrap is installed but cannot make a sandbox on this server: {error} On Ubuntu, unprivileged user "
                        + "namespaces may be switched off (kernel.apparmor_restrict_unprivileged_userns)."
                );
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string?> TryAsync(string program, CancellationToken cancellationToken)
    {
        var start = plan.Start(program, [.. plan.ProbeArguments(program), "/usr/bin/env", "true"]);
        start.RedirectStandardError = start.RedirectStandardOutput = start.RedirectStandardInput = true;
        using var process = await starter.StartAsync(start);
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        _works = process.ExitCode == 0;
        return _works ? null : error.Trim();
    }

    public void Dispose() => _turn.Dispose();

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/bin", "/bin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}

/// <summary>Makes one sandbox as the server starts, so that the first caller does not wait for what happens once.</summary>
internal sealed partial class SandboxWarmUp(Bubblewrap bubblewrap, ILogger<SandboxWarmUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Yield();
            if (await bubblewrap.FindAsync(stoppingToken) is null)
            {
                Log.Unsandboxed(logger);
            }
        }
        catch (RequestException exception)
        {
            Log.Unavailable(logger, exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The server stops as it starts.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
        public static partial void Unavailable(ILogger logger, string problem);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "There is no sandbox, and Tools:AllowUnsandboxed is set: programs run with all rights of this server"
        )]
        public static partial void Unsandboxed(ILogger logger);
    }
}
