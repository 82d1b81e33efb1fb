using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Workspaces;

internal static class WorkspaceEndpoints
{
    public static void AddWorkspaces(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(WorkspaceJson.Default);
        builder.Services.AddSingleton<WorkspaceDirectory>();
        builder.Services.AddScoped<WorkspaceEditor>();
    }

    public static void MapWorkspaces(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/projects/{id:guid}/workspaces").WithTags("Workspaces");
        group.MapGet("", ListAsync).WithSummary("The branch workspaces of a project, newest first");
        group
            .MapPost("", CreateAsync)
            .WithMetadata(new RunsTools())
            .WithSummary("Make a branch with a working copy, where tools may write");
        group
            .MapDelete("/{name}", DeleteAsync)
            .WithMetadata(new RunsTools())
            .WithSummary("Remove a workspace with its branch and all that is not fetched from it");
        group.MapGet("/{name}/diff", WorkspaceDiff.GetAsync).WithSummary("What a workspace changed, committed or not");
    }

    private static async Task<Results<Ok<PagedList<WorkspaceResponse>>, NotFound>> ListAsync(
        Guid id,
        [AsParameters] Page page,
        WorkspaceEditor editor,
        CancellationToken cancellationToken
    ) => await editor.ListAsync(id, page, cancellationToken) is { } list ? TypedResults.Ok(list) : TypedResults.NotFound();

    private static async Task<Results<Created<WorkspaceResponse>, NotFound>> CreateAsync(
        Guid id,
        CreateWorkspaceRequest request,
        WorkspaceEditor editor,
        CancellationToken cancellationToken
    ) =>
        await editor.CreateAsync(id, request, cancellationToken) is { } workspace
            ? TypedResults.Created($"/api/v1/projects/{id}/workspaces/{workspace.Name}", workspace)
            : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        string name,
        WorkspaceEditor editor,
        CancellationToken cancellationToken
    ) => await editor.DeleteAsync(id, name, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound();
}
