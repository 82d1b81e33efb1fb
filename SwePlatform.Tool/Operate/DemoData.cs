using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;

namespace SwePlatform.Tool.Operate;

/// <summary>
/// Something to look at on each page: made by the API's ordinary calls, so all of it is real. Doing it twice does no harm.
/// </summary>
internal sealed class DemoData(ApiClient client, TextWriter output)
{
    private const string Project = "swe-platform";
    private const string Workspace = "demo";
    private const string Email = "demo@swe.local";

    private static readonly (string Tool, object Arguments)[] Calls =
    [
        (
            "code.search",
            new
            {
                query = "sealed class",
                include = (string[])["*.cs"],
                maxMatches = 20,
            }
        ),
        ("code.search", new { query = "TODO|FIXME", regex = true }),
        ("code.stats", new { }),
        ("code.hotspots", new { }),
        ("code.duplicates", new { }),
        ("code.outline", new { path = "SwePlatform.Api/Program.cs" }),
        ("files.list", new { glob = "**/*.md" }),
        ("files.read", new { path = "README.md" }),
        ("git.log", new { maxCount = 20 }),
        ("git.branches", new { }),
        ("git.blame", new { path = "README.md" }),
        ("deps.list", new { }),
        // One that fails, for what failures look like.
        ("files.read", new { path = "there/is/no/such/file" }),
    ];

    public async Task<int> AddAsync(string password, CancellationToken cancellationToken)
    {
        var project = await FindProjectAsync(cancellationToken);
        await AddUserAsync(password, cancellationToken);
        await AddWorkspaceAsync(project, cancellationToken);
        var succeeded = 0;
        foreach (var (tool, arguments) in Calls)
        {
            var result = await ExecuteAsync(project, tool, arguments, null, cancellationToken);
            succeeded += (bool?)result["success"] == true ? 1 : 0;
        }
        await output.WriteLineAsync($"{Calls.Length} tools were run on {Project}, {succeeded} of them successfully");
        return ExitCode.Succeeded;
    }

    private async Task<string> FindProjectAsync(CancellationToken cancellationToken)
    {
        var projects = (await client.GetAsync("/api/v1/projects?limit=500", cancellationToken))["items"]!.AsArray();
        var found = projects.FirstOrDefault(project => (string?)project!["name"] == Project && project["headCommit"] is not null);
        return (string?)found?["id"]
            ?? throw new CommandException(
                $"There is no project {Project} that is ready. The platform registers it when it starts from a Git checkout "
                    + "of its own code; wait until it is cloned."
            );
    }

    private async Task AddUserAsync(string password, CancellationToken cancellationToken)
    {
        try
        {
            await client.PostAsync(
                "/api/v1/auth/register",
                new
                {
                    email = Email,
                    password,
                    displayName = "Demo",
                },
                cancellationToken
            );
            await output.WriteLineAsync($"Created the user {Email} with the password {password}");
        }
        catch (ApiErrorException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            await output.WriteLineAsync($"The user {Email} already exists, with the password that was shown then");
        }
        catch (ApiErrorException exception) when (exception.Status == HttpStatusCode.Forbidden)
        {
            await output.WriteLineAsync($"Registration is closed here, so there is no user {Email}");
        }
    }

    private async Task AddWorkspaceAsync(string project, CancellationToken cancellationToken)
    {
        try
        {
            await client.PostAsync($"/api/v1/projects/{project}/workspaces", new { name = Workspace }, cancellationToken);
            await output.WriteLineAsync($"Created the workspace {Workspace}");
        }
        catch (ApiErrorException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            await output.WriteLineAsync($"The workspace {Workspace} already exists");
        }
        await ExecuteAsync(
            project,
            "files.write",
            new { path = "NOTES.md", content = "# Notes\n\nWritten in a workspace.\n" },
            Workspace,
            cancellationToken
        );
    }

    private Task<JsonNode> ExecuteAsync(
        string project,
        string tool,
        object arguments,
        string? workspace,
        CancellationToken cancellationToken
    ) =>
        client.PostAsync(
            "/api/v1/tools/execute",
            new
            {
                toolName = tool,
                projectId = project,
                arguments,
                workspace,
            },
            cancellationToken
        );
}
