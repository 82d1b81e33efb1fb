using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>Makes, lists and removes workspaces, for whoever asks: the endpoints and MCP do the same.</summary>
internal sealed class WorkspaceEditor(
    SweDbContext data,
    CloneStore clones,
    WorkspaceStore store,
    WorkspaceLocks locks,
    IOptions<WorkspaceOptions> options,
    CurrentUser user,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <returns>Null if there is no project that the user may see.</returns>
    public async Task<PagedList<WorkspaceResponse>?> ListAsync(Guid id, Page page, CancellationToken cancellationToken)
    {
        if (!await data.Projects.VisibleTo(user).AnyAsync(project => project.Id == id, cancellationToken))
        {
            return null;
        }
        var workspaces = data.Workspaces.AsNoTracking().Where(workspace => workspace.ProjectId == id);
        var total = await workspaces.LongCountAsync(cancellationToken);
        var rows = await workspaces
            .OrderByDescending(workspace => workspace.Id)
            .Skip(page.Skip)
            .Take(page.Limit)
            .ToListAsync(cancellationToken);
        return new(rows.ConvertAll(WorkspaceResponse.From), page.Skip, page.Limit, total);
    }

    /// <returns>Null if there is no project that the user may see.</returns>
    public async Task<WorkspaceResponse?> CreateAsync(Guid id, CreateWorkspaceRequest request, CancellationToken cancellationToken)
    {
        var project = await data
            .Projects.AsNoTracking()
            .VisibleTo(user)
            .FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken);
        if (project is null)
        {
            return null;
        }
        var commit = await ResolveAsync(project, request.FromRef, cancellationToken);

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
        await SaveAsync(row, cancellationToken);
        try
        {
            await store.CreateAsync(Locate(row), commit, cancellationToken);
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
        return WorkspaceResponse.From(row);
    }

    /// <returns>False if there is none that the user may see.</returns>
    public async Task<bool> DeleteAsync(Guid id, string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, name, cancellationToken) is not { } row)
        {
            return false;
        }
        await store.DeleteAsync(Locate(row), cancellationToken);
        if (await data.Workspaces.Where(workspace => workspace.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None) == 0)
        {
            return false;
        }
        await audit.RecordAsync("workspace.delete", row.Id.ToString(), details: new { projectId = id, row.Name }, actor: user);
        return true;
    }

    /// <summary>The workspace of that name, if the user may see its project.</summary>
    public Task<WorkspaceRecord?> FindAsync(Guid projectId, string name, CancellationToken cancellationToken)
    {
        var visible = data.Projects.VisibleTo(user).Where(project => project.Id == projectId).Select(project => project.Id);
        return data
            .Workspaces.AsNoTracking()
            .FirstOrDefaultAsync(workspace => visible.Contains(workspace.ProjectId) && workspace.Name == name, cancellationToken);
    }

    private async Task<string> ResolveAsync(Project project, string? name, CancellationToken cancellationToken)
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

    private Workspace Locate(WorkspaceRecord row) =>
        new(row.Id, row.ProjectId, row.Name, row.Branch, WorkspaceFolders.Worktree(options.Value.Root, row.ProjectId, row.Id));

    private async Task SaveAsync(WorkspaceRecord row, CancellationToken cancellationToken)
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
