using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>What came of programs, in a few words.</summary>
internal static class ProgramVerdict
{
    public static (bool Passed, string? Text) Of(int exitCode, StopReason? stopped) =>
        (stopped, exitCode) switch
        {
            (StopReason.TimeLimit, _) => (false, "stopped: time limit"),
            (StopReason.MemoryLimit, _) => (false, "stopped: memory limit"),
            (StopReason.ProcessLimit, _) => (false, "stopped: process limit"),
            (StopReason.DiskLimit, _) => (false, "stopped: disk limit"),
            (_, 0) => (true, null),
            _ => (false, $"exit {exitCode}"),
        };

    public static string Errors(int count) => count == 1 ? "1 error" : $"{count} errors";
}
