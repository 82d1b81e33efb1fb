using System.CommandLine;
using System.Runtime.InteropServices;
using Npgsql;

namespace SwePlatform.Tool.CommandLine;

/// <summary>Runs a command's work, and turns what can go wrong into a message and an exit code.</summary>
internal static class CommandRun
{
    /// <summary>Has <paramref name="work"/> done when the command is called.</summary>
    /// <param name="failed">The exit code if it cannot be done.</param>
    /// <param name="interrupted">The exit code if Ctrl-C or SIGTERM ended it.</param>
    public static T Runs<T>(
        this T command,
        Func<ParseResult, CancellationToken, Task<int>> work,
        int failed = ExitCode.Failed,
        int interrupted = ExitCode.Interrupted
    )
        where T : Command
    {
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, work, failed, interrupted, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        Func<ParseResult, CancellationToken, Task<int>> work,
        int failed,
        int interrupted,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            return await work(parsed, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync("Interrupted");
            return interrupted;
        }
        catch (UsageException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return ExitCode.WrongUsage;
        }
        catch (CommandException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return failed;
        }
        catch (PostgresException exception)
        {
            await error.WriteLineAsync($"The database refused: {exception.MessageText} ({exception.SqlState})");
            return failed;
        }
        catch (Exception exception)
            when (exception is NpgsqlException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(exception.Message);
            return failed;
        }

        // So that nothing half done is left behind.
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
