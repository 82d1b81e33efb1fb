using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>What making a workspace takes.</summary>
internal sealed record WorkspaceServices(CloneStore Clones, WorkspaceStore Store, WorkspaceLocks Locks, IOptions<WorkspaceOptions> Options);

internal static class WorkspaceEndpoints
{
    public static void AddWorkspaces(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(WorkspaceJson.Default);
        builder.Services.AddSingleton<WorkspaceDirectory>();
    }

    public static void MapWorkspaces(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/projects/{id:guid}/workspaces").WithTags("Workspaces");
        group.MapGet("", ListAsync).WithSummary("The branch workspaces of a project, newest first");
        group.MapPost("", CreateAsync).WithSummary("Make a branch with a working copy, where tools may write");
        group.MapDelete("/{name}", DeleteAsync).WithSummary("Remove a workspace with its branch and all that is not fetched from it");
        group.MapGet("/{name}/diff", WorkspaceDiff.GetAsync).WithSummary("What a workspace changed, committed or not");
    }

    private static async Task<Results<Ok<PagedList<WorkspaceResponse>>, NotFound>> ListAsync(
        Guid id,
        [AsParameters] Page page,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        if (!await data.Projects.VisibleTo(user).AnyAsync(project => project.Id == id, cancellationToken))
        {
            return TypedResults.NotFound();
        }
        var workspaces = data.Workspaces.AsNoTracking().Where(workspace => workspace.ProjectId == id);
        var total = await workspaces.LongCountAsync(cancellationToken);
        var rows = await workspaces
            .OrderByDescending(workspace => workspace.Id)
            .Skip(page.Skip)
            .Take(page.Limit)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new PagedList<WorkspaceResponse>(rows.ConvertAll(WorkspaceResponse.From), page.Skip, page.Limit, total));
    }

    private static async Task<Results<Created<WorkspaceResponse>, NotFound>> CreateAsync(
        Guid id,
        CreateWorkspaceRequest request,
        SweDbContext data,
        [AsParameters] WorkspaceServices services,
        CurrentUser user,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (clones, store, locks, options) = services;
        var project = await data
            .Projects.AsNoTracking()
            .VisibleTo(user)
            .FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken);
        if (project is null)
        {
            return TypedResults.NotFound();
        }
        var commit = await ResolveAsync(project, request.FromRef, clones, cancellationToken);

        // One at a time in a project: the limit on their number is no limit otherwise.
        await using var turn = await locks.EnterAsync(
            Path.Combine(options.Value.Root, id.ToString(), "locks", "create"),
            cancellationToken
        );
        if (await data.Workspaces.CountAsync(other => other.ProjectId == id, cancellationToken) >= options.Value.MaxPerProject)
        {
            throw RequestException.Conflict(
                $"The project has {options.Value.MaxPerProject} workspaces, which is the limit (Workspaces:MaxPerProject). "
                    + "Delete one that is done."
            );
        }
        var now = time.GetUtcNow();
        var row = new WorkspaceRecord
        {
            ProjectId = id,
            UserId = user.Id,
            Name = request.Name,
            Branch = $"swe/{request.Name}",
            FromCommit = commit,
            CreatedAt = now,
            LastUsedAt = now,
        };
        await SaveAsync(row, data, cancellationToken);
        try
        {
            await store.CreateAsync(Locate(row, options.Value), commit, cancellationToken);
        }
        catch (Exception exception)
        {
            await data.Workspaces.Where(candidate => candidate.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None);
            // Such as a tree with names that no file can have, or none that is safe.
            throw exception is GitException
                ? RequestException.Conflict($"Git cannot make a working copy of this commit: {exception.Message}")
                : exception;
        }
        await audit.RecordAsync(
            "workspace.create",
            row.Id.ToString(),
            details: new
            {
                projectId = id,
                row.Name,
                row.FromCommit,
            },
            actor: user
        );
        return TypedResults.Created($"/api/v1/projects/{id}/workspaces/{row.Name}", WorkspaceResponse.From(row));
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        string name,
        SweDbContext data,
        WorkspaceStore store,
        IOptions<WorkspaceOptions> options,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, name, data, user, cancellationToken) is not { } row)
        {
            return TypedResults.NotFound();
        }
        await store.DeleteAsync(Locate(row, options.Value), cancellationToken);
        if (await data.Workspaces.Where(workspace => workspace.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None) == 0)
        {
            return TypedResults.NotFound();
        }
        await audit.RecordAsync("workspace.delete", row.Id.ToString(), details: new { projectId = id, row.Name }, actor: user);
        return TypedResults.NoContent();
    }

    /// <summary>The workspace of that name, if the user may see its project.</summary>
    public static Task<WorkspaceRecord?> FindAsync(
        Guid projectId,
        string name,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        var visible = data.Projects.VisibleTo(user).Where(project => project.Id == projectId).Select(project => project.Id);
        return data
            .Workspaces.AsNoTracking()
            .FirstOrDefaultAsync(workspace => visible.Contains(workspace.ProjectId) && workspace.Name == name, cancellationToken);
    }

    private static async Task<string> ResolveAsync(Project project, string? name, CloneStore clones, CancellationToken cancellationToken)
    {
        if (project.HeadCommit is null)
        {
            throw RequestException.Conflict(
                project.Status == ProjectStatus.Failed
                    ? $"The project could not be cloned: {project.StatusMessage}"
                    : "The project is still being cloned. Try again once its status is 'ready'."
            );
        }
        if (name is null or "HEAD")
        {
            return project.HeadCommit;
        }
        GitRef.Check("fromRef", name);
        return (await clones.Of(project.Id).ResolveAsync(name, cancellationToken))?.Commit
            ?? throw RequestException.Invalid("fromRef", $"The project has no commit '{name}'. If it is new, sync the project first.");
    }

    private static Workspace Locate(WorkspaceRecord row, WorkspaceOptions options) =>
        new(row.Id, row.ProjectId, row.Name, row.Branch, WorkspaceFolders.Worktree(options.Root, row.ProjectId, row.Id));

    private static async Task SaveAsync(WorkspaceRecord row, SweDbContext data, CancellationToken cancellationToken)
    {
        data.Workspaces.Add(row);
        try
        {
            await data.SaveOrConflictAsync($"The project has a workspace '{row.Name}' already.", cancellationToken);
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            throw RequestException.NotFound("The project has been deleted.");
        }
    }
}
