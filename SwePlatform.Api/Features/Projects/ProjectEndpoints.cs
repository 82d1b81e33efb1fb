using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Projects;

internal static class ProjectEndpoints
{
    public static void AddProjects(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(ProjectJson.Default);
        builder.Services.AddOptions<ProjectOptions>().BindConfiguration(ProjectOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ProjectSyncQueue>();
        builder.Services.AddSingleton<ProjectPageQuery>();
        builder.Services.AddSingleton<ProjectCache>();
        builder.Services.AddScoped<ProjectEditor>();
        builder.Services.AddHostedService<SelfProject>();
        builder.Services.AddHostedService<ProjectSyncWorker>();
        builder.Services.AddSingleton<PruneWorker>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<PruneWorker>());
    }

    public static void MapProjects(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/projects").WithTags("Projects");
        group.MapGet("", ListAsync).WithSummary("One's projects, newest first; administrators see all");
        group.MapPost("", CreateAsync).WithSummary("Register a Git repository; it is cloned in the background");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One project");
        group.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change a project's name or default branch; what is absent stays");
        group.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Remove a project and its clone");
        group.MapPost("/{id:guid}/sync", SyncAsync).WithSummary("Fetch what is new in the repository");
    }

    /// <summary>The projects that a user may see: the owner's own, all for administrators.</summary>
    public static IQueryable<Project> VisibleTo(this IQueryable<Project> projects, CurrentUser user) =>
        user.IsAdmin ? projects : projects.Where(project => project.UserId == user.Id);

    private static async Task<CachedJsonResult<PagedList<ProjectResponse>>> ListAsync(
        [AsParameters] Page page,
        HttpContext http,
        ProjectCache cache,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => new(await cache.GetPageAsync(page, user, http.Request.WantsFresh(), cancellationToken));

    private static async Task<Created<ProjectResponse>> CreateAsync(
        CreateProjectRequest request,
        HttpContext http,
        ProjectEditor editor,
        CancellationToken cancellationToken
    )
    {
        var (project, isRepeated) = await editor.CreateAsync(request, http.Request, cancellationToken);
        if (isRepeated)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }
        return TypedResults.Created($"/api/v1/projects/{project.Id}", project);
    }

    private static async Task<Results<Ok<ProjectResponse>, NotFound>> GetAsync(
        Guid id,
        ProjectEditor editor,
        CancellationToken cancellationToken
    ) => await editor.FindAsync(id, cancellationToken) is { } project ? TypedResults.Ok(project) : TypedResults.NotFound();

    private static async Task<Results<Ok<ProjectResponse>, NotFound>> UpdateAsync(
        Guid id,
        UpdateProjectRequest request,
        ProjectEditor editor,
        CancellationToken cancellationToken
    ) => await editor.UpdateAsync(id, request, cancellationToken) is { } project ? TypedResults.Ok(project) : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        ProjectEditor editor,
        CancellationToken cancellationToken
    ) => await editor.DeleteAsync(id, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Results<Accepted<ProjectResponse>, NotFound>> SyncAsync(
        Guid id,
        ProjectEditor editor,
        CancellationToken cancellationToken
    ) =>
        await editor.SyncAsync(id, cancellationToken) is { } project
            ? TypedResults.Accepted($"/api/v1/projects/{id}", project)
            : TypedResults.NotFound();
}
