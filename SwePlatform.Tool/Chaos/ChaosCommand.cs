using System.CommandLine;
using System.Net;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Run;

namespace SwePlatform.Tool.Chaos;

/// <summary>The command <c>chaos</c>.</summary>
internal static class ChaosCommand
{
    private const int Lost = 3;
    private const string Workspace = "chaos";

    public static Command Define()
    {
        var data = CommonOptions.Data();
        var kills = CommonOptions.Count("--kills", "How often a part is killed: API, Postgres and Redis in turn", 30);
        var users = CommonOptions.Count("--users", "How many users work at the same time", 8);
        var project = new Option<string>("--project")
        {
            Description = "The project they search and write in (default: swe-platform)",
            HelpName = "NAME",
        };
        return new DocumentedCommand(
            "chaos",
            "Kills parts of a platform on this machine again and again under load, and looks for acknowledged work that is "
                + "lost; exit code 3 if any is",
            "swe chaos --data /tmp/swe-chaos",
            "swe chaos --kills 100 --users 20"
        )
        {
            data,
            kills,
            users,
            project,
        }.Runs(
            async (parsed, stop) =>
            {
                var folder =
                    DataFolderPaths.Find(parsed.GetValue(data))
                    ?? throw new CommandException("Name the data folder of the platform with --data.");
                var system = RunningSystem.Need(folder);
                var target = ApiTarget.Find(null, folder, asAdministrator: true);
                await using var session = await SignedIn.OpenAsync(target, stop);
                // Sessions end after an hour; a key does not.
                var (_, key) = await session.CreateKeyAsync("chaos", null, TimeProvider.System.GetUtcNow().AddHours(12), stop);
                using var client = new ApiClient(target.Address);
                client.Use(key);
                var id = await ProjectLookup.FindAsync(client, parsed.GetValue(project) ?? "swe-platform", stop);
                await EnsureWorkspaceAsync(client, id, stop);
                var run = new ChaosRun(system, client, id, Workspace, parsed.InvocationConfiguration.Output);
                return await run.RunAsync(parsed.GetValue(kills), parsed.GetValue(users), stop) ? ExitCode.Succeeded : Lost;
            }
        );
    }

    private static async Task EnsureWorkspaceAsync(ApiClient client, string project, CancellationToken stop)
    {
        try
        {
            await client.PostAsync($"/api/v1/projects/{project}/workspaces", new { name = Workspace }, stop);
        }
        catch (ApiErrorException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            // Of a run before.
        }
    }
}
