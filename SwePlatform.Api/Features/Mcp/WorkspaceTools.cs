using System.Text.Json;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Features.Workspaces;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Branch workspaces, as tools.</summary>
internal sealed class WorkspaceTools(WorkspaceEditor editor, McpTools tools)
{
    public const string Create = "workspaces_create";
    private const string List = "workspaces_list";

    private static readonly Page Most = new(0, 500);

    public static IReadOnlyList<PlatformTool> All { get; } =
    [
        new(
            List,
            "Branch workspaces of a project.",
            PlatformTarget.Project,
            [],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<WorkspaceTools>().ListAsync(arguments, token)
        ),
        new(
            Create,
            "Makes a branch to write in.",
            PlatformTarget.Project,
            ["name", "?fromRef"],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<WorkspaceTools>().CreateAsync(arguments, token)
        ),
        new(
            "workspaces_delete",
            "Removes a workspace and its branch.",
            PlatformTarget.Project,
            ["name"],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<WorkspaceTools>().DeleteAsync(arguments, token)
        ),
    ];

    /// <summary>How to get a workspace, for an agent that has named none to write in, or one that is not there.</summary>
    /// <param name="project">The project as the agent named it; null where the endpoint is bound to one.</param>
    /// <param name="wanted">The workspace that it named.</param>
    public async Task<string> OfferAsync(Guid projectId, string? project, string? wanted, CancellationToken cancellationToken)
    {
        var known = (await editor.ListAsync(projectId, Most, cancellationToken))?.Items.Select(workspace => workspace.Name).ToList() ?? [];
        var name = wanted ?? Enumerable.Range(1, known.Count + 1).Select(number => $"agent-{number}").First(free => !known.Contains(free));
        var arguments = JsonSerializer.Serialize(project is null ? new { name } : (object)new { project, name }, ToolJson.Options);
        return (wanted is null ? "This tool writes, so it needs a workspace" : $"The project has no workspace '{wanted}'")
            + $": make one with {Create} {arguments}, then pass \"workspace\": \"{name}\"."
            + (known.Count == 0 ? "" : $" Those that are there: {string.Join(", ", known.Take(20))}.");
    }

    private async Task<CallToolResult> ListAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var project = arguments.Text(McpTools.Project);
        var id = await tools.FindProjectAsync(project, cancellationToken);
        var skip = arguments.Skip();
        arguments.End();
        var list = await editor.ListAsync(id, Most, cancellationToken) ?? throw Gone();
        var listing = new Listing(
            list.Items.Count == 0 ? $"No workspaces yet: {Create} makes one." : "",
            Listing.Lines(
                list.Items.Select(workspace =>
                    $"{workspace.Name}: branch {workspace.Branch}, from {Shown.Id(workspace.FromCommit)}, "
                    + $"used {Shown.Time(workspace.LastUsedAt)}"
                )
            ),
            (start, end) => new { workspaces = list.Items.Take(start..end).Select(Show) }
        )
        {
            Noun = "workspaces",
        };
        return McpAnswer.Page(listing, skip, arguments.MaxTokens, from => (List, new { project, skip = from }));
    }

    private async Task<CallToolResult> CreateAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var id = await tools.FindProjectAsync(arguments.Text(McpTools.Project), cancellationToken);
        var request = new CreateWorkspaceRequest(arguments.Required("name"), arguments.Text("fromRef"));
        arguments.End();
        return McpAnswer.Short(Show(await editor.CreateAsync(id, McpArguments.Check(request), cancellationToken) ?? throw Gone()));
    }

    private async Task<CallToolResult> DeleteAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var id = await tools.FindProjectAsync(arguments.Text(McpTools.Project), cancellationToken);
        var name = arguments.Required("name");
        arguments.End();
        return await editor.DeleteAsync(id, name, cancellationToken)
            ? McpAnswer.Short("The workspace is removed.", new { removed = name })
            : throw RequestException.Invalid("name", $"The project has no workspace '{name}'.");
    }

    private static object Show(WorkspaceResponse workspace) =>
        new
        {
            workspace.Name,
            workspace.Branch,
            workspace.FromCommit,
            workspace.LastUsedAt,
        };

    private static RequestException Gone() => RequestException.NotFound("The project has been deleted.");
}
