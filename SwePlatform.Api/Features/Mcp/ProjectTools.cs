using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Auth.ApiKeys;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Projects, as tools.</summary>
internal sealed class ProjectTools(ProjectEditor editor, McpTools tools, SweDbContext data, CurrentUser user, IHttpContextAccessor http)
{
    public const string List = "projects_list";
    public const string Create = "projects_create";

    public static IReadOnlyList<PlatformTool> All { get; } =
    [
        new(
            List,
            "Lists projects.",
            PlatformTarget.AllProjects,
            [],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().ListAsync(arguments, token)
        ),
        new(
            Create,
            "Registers a Git repository.",
            PlatformTarget.AllProjects,
            ["name", "repositoryUrl"],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().CreateAsync(arguments, token)
        ),
        new(
            "projects_sync",
            "Fetches what is new.",
            PlatformTarget.Project,
            [],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().SyncAsync(arguments, token)
        ),
        new(
            "projects_delete",
            "Removes a project with its workspaces.",
            PlatformTarget.AllProjects,
            [McpTools.Project],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().DeleteAsync(arguments, token)
        ),
    ];

    private async Task<CallToolResult> ListAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var skip = arguments.Skip();
        arguments.End();
        var projects = await data
            .Projects.AsNoTracking()
            .VisibleTo(user)
            .OrderByDescending(project => project.Id)
            .Take(500)
            .Select(project => new
            {
                project.Id,
                project.Name,
                project.Status,
                project.DefaultBranch,
                project.HeadCommit,
                project.StatusMessage,
            })
            .ToListAsync(cancellationToken);
        var lines = Listing.Lines(
            projects.Select(project =>
                $"{project.Id} {project.Name}: {EnumText.Write(project.Status)}, branch {project.DefaultBranch}"
                + (project.StatusMessage is null ? "" : $", {TextCut.End(project.StatusMessage, TextCut.Line)}")
            )
        );
        var listing = new Listing(
            projects.Count == 0 ? $"No projects yet: {Create} registers one." : "",
            lines,
            (start, end) => new { projects = projects.Take(start..end) }
        )
        {
            Noun = "projects",
        };
        return McpAnswer.Page(listing, skip, arguments.MaxTokens, from => (List, new { skip = from }));
    }

    private async Task<CallToolResult> CreateAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        ApiKeyScopes.Require(http.HttpContext!.User, ApiKeyScopes.Write);
        var request = new CreateProjectRequest(
            arguments.Required("name"),
            arguments.Required("repositoryUrl"),
            arguments.Text("defaultBranch")
        );
        arguments.End();
        var (project, _) = await editor.CreateAsync(McpArguments.Check(request), http.HttpContext.Request, cancellationToken);
        return Show(project);
    }

    private async Task<CallToolResult> SyncAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        ApiKeyScopes.Require(http.HttpContext!.User, ApiKeyScopes.Write);
        var id = await tools.FindProjectAsync(arguments.Text(McpTools.Project), cancellationToken);
        arguments.End();
        return Show(await editor.SyncAsync(id, cancellationToken) ?? throw Gone());
    }

    private async Task<CallToolResult> DeleteAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        ApiKeyScopes.Require(http.HttpContext!.User, ApiKeyScopes.Write);
        var id = await tools.FindProjectAsync(arguments.Text(McpTools.Project), cancellationToken);
        arguments.End();
        return await editor.DeleteAsync(id, cancellationToken)
            ? McpAnswer.Short("The project is removed.", new { removed = id })
            : throw Gone();
    }

    private static CallToolResult Show(ProjectResponse project) =>
        McpAnswer.Short(
            new
            {
                project.Id,
                project.Name,
                project.Status,
                project.Syncing,
                project.DefaultBranch,
                project.HeadCommit,
                project.StatusMessage,
            }
        );

    private static RequestException Gone() => RequestException.NotFound("The project has been deleted.");
}
