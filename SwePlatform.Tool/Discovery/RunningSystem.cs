using System.Diagnostics;
using System.Text.Json;

namespace SwePlatform.Tool.Discovery;

/// <summary>What a running system says about itself in <c>run.json</c> of its data folder.</summary>
/// <param name="Api">Null while only the stores run.</param>
/// <param name="Web">Null without the web front end.</param>
/// <param name="Database">Npgsql connection string; it holds a password.</param>
/// <param name="Redis">StackExchange.Redis connection string; it holds a password.</param>
internal sealed record RunningSystem(
    int ProcessId,
    DateTimeOffset StartedAt,
    Uri? Api,
    Uri? Web,
    Uri? Dashboard,
    string? Database,
    string? Redis
)
{
    /// <summary>Null if nothing runs: the file is removed by an orderly stop, and outlives a crash.</summary>
    public static RunningSystem? Read(string dataFolder)
    {
        try
        {
            var text = File.ReadAllText(DataFolderPaths.RunFile(dataFolder));
            var found = JsonSerializer.Deserialize<RunningSystem>(text, JsonSerializerOptions.Web);
            return found is { ProcessId: > 0 } && IsAlive(found.ProcessId) ? found : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{DataFolderPaths.RunFile(dataFolder)} cannot be read: {exception.Message}", exception);
        }
    }

    /// <exception cref="CommandException">Nothing runs on that folder.</exception>
    public static RunningSystem Need(string dataFolder) =>
        Read(dataFolder)
        ?? throw new CommandException($"The platform of {dataFolder} is not running. Start it with: ./run.sh --data {dataFolder}");

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
