using System.Runtime.InteropServices;

namespace SwePlatform.AppHost.Embedded;

internal static class Program
{
    private const int Failed = 1;
    // A terminal, and a tool that passes signals on, may both deliver the same Ctrl-C.
    private static readonly TimeSpan SecondThoughts = TimeSpan.FromSeconds(2);
    private static readonly PosixSignal[] StopSignals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    // Not Console.Out: that one sends the terminal control sequences before the first line.
    private static readonly TextWriter Output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });

    public static Task<int> Main(string[] arguments) => HostCommand.RunAsync(arguments, RunAsync, Output, Console.Error);

    private static async Task<int> RunAsync(EmbeddedOptions options, bool storesOnly)
    {
        using var stop = new CancellationTokenSource();
        EmbeddedSystem? system = null;
        long asked = 0;
        var signals = StopSignals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal)).ToList();
        try
        {
            system = storesOnly
                ? await EmbeddedSystem.StartStoresAsync(options, stop.Token)
                : await EmbeddedSystem.StartAsync(options, stop.Token);
            if (storesOnly)
            {
                await options.Output.WriteLineAsync("Ready: only the stores were asked for");
            }
            await await Task.WhenAny(Task.Delay(Timeout.Infinite, stop.Token), system.Failure);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (HostException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failed;
        }
        finally
        {
            if (system is not null)
            {
                await options.Output.WriteLineAsync("Stopping");
                await system.DisposeAsync();
                await options.Output.WriteLineAsync("Stopped");
            }
            signals.ForEach(signal => signal.Dispose());
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            if (stop.IsCancellationRequested)
            {
                if (TimeProvider.System.GetElapsedTime(asked) > SecondThoughts)
                {
                    system?.Hurry();
                }
                return;
            }
            asked = TimeProvider.System.GetTimestamp();
            system?.BeginStop();
            stop.Cancel();
        }
    }
}
