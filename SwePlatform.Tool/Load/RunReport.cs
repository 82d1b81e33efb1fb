using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Load;

/// <summary>Stores runs with the API, which compares them with those before.</summary>
internal sealed class RunReport(LoadSettings settings, TextWriter output)
{
    public const string BuiltIn = "builtin";
    private const string K6 = "k6";
    private const string Path = "/api/v1/performance/load-tests";

    public async Task<int> StoreFileAsync(
        string file,
        string scenario,
        DateTimeOffset startedAt,
        double seconds,
        CancellationToken cancellationToken
    )
    {
        JsonNode summary;
        try
        {
            summary = JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken)) ?? new JsonObject();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"{file} cannot be read: {exception.Message}", exception);
        }
        await using var session = await ApiSession.OpenAsync(settings.Target, cancellationToken);
        return await StoreAsync(session, summary, scenario, K6, startedAt, seconds, cancellationToken) ? 0 : LoadExitCode.CannotRun;
    }

    /// <summary>Stores a run; if that fails, says why and goes on: the run itself is done, and its file is there.</summary>
    public async Task<bool> StoreAsync(
        ApiSession session,
        JsonNode summary,
        string scenario,
        string runner,
        DateTimeOffset startedAt,
        double seconds,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var stored = await session.Client.PostAsync(
                Path,
                new
                {
                    scenario,
                    runner,
                    commit = Checkout.TryFind() is { } checkout ? await checkout.ReadCommitAsync(cancellationToken) : null,
                    machine = Machine.Read(),
                    startedAt,
                    durationSeconds = seconds,
                    summary,
                },
                cancellationToken
            );
            await output.WriteLineAsync(
                $"Stored: {session.Address.GetLeftPart(UriPartial.Authority)}{Path}/{stored["id"]}  {stored["comparison"]?["explanation"]}"
            );
            return true;
        }
        catch (CommandException exception)
        {
            await output.WriteLineAsync($"Not stored: {exception.Message}");
            return false;
        }
    }
}
