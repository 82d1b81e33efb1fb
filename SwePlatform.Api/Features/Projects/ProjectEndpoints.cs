using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Features.Projects;

/// <summary>What changing a project takes.</summary>
internal sealed record ProjectServices(
    SweDbContext Data,
    ProjectSyncQueue Queue,
    ProjectCache Cache,
    CurrentUser User,
    AuditTrail Audit,
    TimeProvider Time
);

internal static class ProjectEndpoints
{
    public static void AddProjects(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(ProjectJson.Default);
        builder.Services.AddOptions<ProjectOptions>().BindConfiguration(ProjectOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ProjectSyncQueue>();
        builder.Services.AddSingleton<ProjectPageQuery>();
        builder.Services.AddSingleton<ProjectCache>();
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

    private static Task<CachedJsonResult<PagedList<ProjectResponse>>> ListAsync(
        [AsParameters] Page page,
        HttpContext http,
        ProjectCache cache,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => cache.GetPageAsync(page, user, http.Request, cancellationToken);

    private static async Task<Created<ProjectResponse>> CreateAsync(
        CreateProjectRequest request,
        HttpContext http,
        [AsParameters] ProjectServices services,
        RepositoryAccess access,
        IOptions<ProjectOptions> options,
        CancellationToken cancellationToken
    )
    {
        var (data, queue, cache, user, audit, time) = services;
        var id = Guid.CreateVersion7();
        var key = IdempotencyKey.From(http.Request, request, user.Id, id, time.GetUtcNow());
        if (key is not null && await key.FindEarlierAsync(data, cancellationToken) is { } earlier)
        {
            return await RepeatAsync(earlier, http, data, user, cancellationToken);
        }
        CheckBranch(request.DefaultBranch);
        await CheckRepositoryAsync(request.RepositoryUrl, access, cancellationToken);
        if (await data.Projects.CountAsync(project => project.UserId == user.Id, cancellationToken) >= options.Value.MaxProjectsPerUser)
        {
            throw RequestException.Conflict(
                $"You own {options.Value.MaxProjectsPerUser} projects, which is the limit (Projects:MaxProjectsPerUser)."
            );
        }

        var now = time.GetUtcNow();
        var project = new Project
        {
            Id = id,
            UserId = user.Id,
            Name = request.Name,
            RepositoryUrl = request.RepositoryUrl,
            DefaultBranch = request.DefaultBranch,
            CreatedAt = now,
            UpdatedAt = now,
            SyncRequestedAt = now,
        };
        data.Projects.Add(project);
        if (key is not null)
        {
            data.IdempotencyKeys.Add(key);
        }
        try
        {
            await SaveAsync(data, cancellationToken);
        }
        catch (DbUpdateException exception) when (key is not null && IdempotencyKeyMapping.IsTaken(exception))
        {
            data.ChangeTracker.Clear();
            return await RepeatAsync((await key.FindEarlierAsync(data, cancellationToken))!.Value, http, data, user, cancellationToken);
        }
        await cache.ForgetAsync(user.Id, id);
        queue.Wake();
        await audit.RecordAsync("project.create", project.Id.ToString(), details: new { project.Name, project.RepositoryUrl }, actor: user);
        return TypedResults.Created($"/api/v1/projects/{project.Id}", await FindAsync(project.Id, data, user, cancellationToken));
    }

    // The project as it is by now: its clone may be ready.
    private static async Task<Created<ProjectResponse>> RepeatAsync(
        Guid id,
        HttpContext http,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return TypedResults.Created(
            $"/api/v1/projects/{id}",
            await FindAsync(id, data, user, cancellationToken)
                ?? throw RequestException.Conflict("The project that this Idempotency-Key made was deleted.")
        );
    }

    private static async Task<Results<Ok<ProjectResponse>, NotFound>> GetAsync(
        Guid id,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => await FindAsync(id, data, user, cancellationToken) is { } project ? TypedResults.Ok(project) : TypedResults.NotFound();

    private static async Task<Results<Ok<ProjectResponse>, NotFound>> UpdateAsync(
        Guid id,
        UpdateProjectRequest request,
        [AsParameters] ProjectServices services,
        IOptions<SandboxOptions> sandbox,
        CancellationToken cancellationToken
    )
    {
        var (data, queue, cache, user, audit, time) = services;
        CheckBranch(request.DefaultBranch);
        // From the network a program reaches what this server reaches: databases, cloud metadata, the office.
        if (request.AllowNetwork == true && !user.IsAdmin && !sandbox.Value.MembersMayAllowNetwork)
        {
            throw new RequestException(
                StatusCodes.Status403Forbidden,
                "Only an administrator may let a project's programs use the network (unless Tools:MembersMayAllowNetwork is set)."
            );
        }
        var project = await data.Projects.VisibleTo(user).FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken);
        if (project is null)
        {
            return TypedResults.NotFound();
        }
        var now = time.GetUtcNow();
        project.Name = request.Name ?? project.Name;
        project.AllowNetwork = request.AllowNetwork ?? project.AllowNetwork;
        project.UpdatedAt = now;
        if (request.DefaultBranch is { } branch && branch != project.DefaultBranch)
        {
            project.DefaultBranch = branch;
            project.SyncRequestedAt = now;
        }
        await SaveAsync(data, cancellationToken);
        await cache.ForgetAsync(project.UserId, id);
        queue.Wake();
        await audit.RecordAsync(
            "project.update",
            id.ToString(),
            details: new
            {
                request.Name,
                request.DefaultBranch,
                request.AllowNetwork,
            },
            actor: user
        );
        return TypedResults.Ok((await FindAsync(id, data, user, cancellationToken))!);
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        SweDbContext data,
        CloneStore clones,
        IEnumerable<IProjectDependent> dependents,
        ProjectCache cache,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var found = await data
            .Projects.VisibleTo(user)
            .Where(project => project.Id == id)
            .Select(project => new { project.Name, project.UserId })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return TypedResults.NotFound();
        }
        foreach (var dependent in dependents)
        {
            await dependent.OnDeletingAsync(id, cancellationToken);
        }
        if (await data.Projects.VisibleTo(user).Where(project => project.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return TypedResults.NotFound();
        }
        foreach (var dependent in dependents)
        {
            dependent.OnDeleted(id);
        }
        await cache.ForgetAsync(found.UserId, id);
        await audit.RecordAsync("project.delete", id.ToString(), details: new { found.Name }, actor: user);
        clones.Delete(id);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted<ProjectResponse>, NotFound>> SyncAsync(
        Guid id,
        [AsParameters] ProjectServices services,
        CancellationToken cancellationToken
    )
    {
        var (data, queue, cache, user, audit, time) = services;
        var now = time.GetUtcNow();
        var found = await data
            .Projects.VisibleTo(user)
            .Where(project => project.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(project => project.SyncRequestedAt, now), cancellationToken);
        if (found == 0)
        {
            return TypedResults.NotFound();
        }
        var project = (await FindAsync(id, data, user, cancellationToken))!;
        await cache.ForgetAsync(project.Owner.Id, id);
        queue.Wake();
        await audit.RecordAsync("project.sync", id.ToString(), actor: user);
        return TypedResults.Accepted($"/api/v1/projects/{id}", project);
    }

    private static async Task<ProjectResponse?> FindAsync(
        Guid id,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        await data
            .Projects.AsNoTracking()
            .VisibleTo(user)
            .Include(project => project.Owner)
            .FirstOrDefaultAsync(project => project.Id == id, cancellationToken)
            is { } project
            ? ProjectResponse.From(project, project.Owner)
            : null;

    private static async Task CheckRepositoryAsync(string url, RepositoryAccess access, CancellationToken cancellationToken)
    {
        try
        {
            await access.CheckAsync(url, cancellationToken);
        }
        catch (RepositoryRefusedException exception)
        {
            throw RequestException.Invalid("repositoryUrl", exception.Message);
        }
    }

    private static void CheckBranch(string? branch)
    {
        if (branch is not null)
        {
            GitRef.Check("defaultBranch", branch);
            if (branch.IndexOfAny(['^', '~']) >= 0)
            {
                throw RequestException.Invalid("defaultBranch", "Name a branch, such as 'main'.");
            }
        }
    }

    private static Task SaveAsync(SweDbContext data, CancellationToken cancellationToken) =>
        data.SaveOrConflictAsync("You have a project of this name already.", cancellationToken, but: IdempotencyKeyMapping.PrimaryKey);
}
