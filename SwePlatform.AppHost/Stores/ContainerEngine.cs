using System.Diagnostics;

namespace SwePlatform.AppHost.Stores;

/// <summary>Whether containers can be started on this machine.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);
    private static readonly Lazy<bool> Running = new(() => Programs().Any(Answers));

    /// <summary>Asks the engine itself once: its client alone may be installed without one.</summary>
    public static bool IsRunning => Running.Value;

    // The engine that Aspire will use, if somebody chose one.
    private static string[] Programs() =>
        Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } chosen ? [chosen] : ["docker", "podman"];

    private static bool Answers(string program)
    {
        using var limit = new CancellationTokenSource(AnswerTime);
        try
        {
            return Task.Run(
                    () => ExternalProgram.RunAsync(new ProcessStartInfo(program, ["container", "ls", "-n", "1"]), limit.Token),
                    limit.Token
                )
                .GetAwaiter()
                .GetResult()
                .Succeeded;
        }
        catch (Exception exception) when (exception is StartException or OperationCanceledException)
        {
            return false;
        }
    }
}
