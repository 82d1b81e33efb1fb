using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Protocol;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Auth.ApiKeys;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

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
            "Projects: ids, names, states.",
            PlatformTarget.AllProjects,
            [],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().ListAsync(arguments, token)
        ),
        new(
            Create,
            "Registers a Git repository (https, ssh); it is cloned in the background.",
            PlatformTarget.AllProjects,
            ["name", "repositoryUrl", "?defaultBranch"],
            PlatformTool.Adds,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().CreateAsync(arguments, token)
        ),
        new(
            "projects_sync",
            "Fetches what is new in the repository, in the background.",
            PlatformTarget.Project,
            [],
            PlatformTool.Adds,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().SyncAsync(arguments, token)
        ),
        new(
            "projects_delete",
            "Removes a project with its workspaces.",
            PlatformTarget.AllProjects,
            [McpTools.Project],
            PlatformTool.Destroys,
            (services, arguments, token) => services.GetRequiredService<ProjectTools>().DeleteAsync(arguments, token)
        ),
    ];

    private async Task<CallToolResult> ListAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
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
        return McpAnswer.Json(new { projects });
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
        return await editor.DeleteAsync(id, cancellationToken) ? McpAnswer.Text("The project is removed.") : throw Gone();
    }

    private static CallToolResult Show(ProjectResponse project) =>
        McpAnswer.Json(
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
