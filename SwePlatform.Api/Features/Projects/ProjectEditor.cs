using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Features.Projects;

/// <summary>Changes projects, for whoever asks: the endpoints and MCP do the same.</summary>
internal sealed class ProjectEditor(
    SweDbContext data,
    ProjectSyncQueue queue,
    ProjectCache cache,
    CloneStore clones,
    RepositoryAccess access,
    IEnumerable<IProjectDependent> dependents,
    IOptions<ProjectOptions> options,
    IOptions<SandboxOptions> sandbox,
    CurrentUser user,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <param name="http">Carries the <c>Idempotency-Key</c>, if there is one.</param>
    /// <returns>The project as it is by now, and whether an earlier request made it.</returns>
    public async Task<(ProjectResponse Project, bool IsRepeated)> CreateAsync(
        CreateProjectRequest request,
        HttpRequest http,
        CancellationToken cancellationToken
    )
    {
        var id = Guid.CreateVersion7();
        var key = IdempotencyKey.From(http, request, user.Id, id, time.GetUtcNow());
        if (key is not null && await key.FindEarlierAsync(data, cancellationToken) is { } earlier)
        {
            return (await RepeatAsync(earlier, cancellationToken), true);
        }
        CheckBranch(request.DefaultBranch);
        await CheckRepositoryAsync(request.RepositoryUrl, cancellationToken);
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
            await SaveAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (key is not null && IdempotencyKeyMapping.IsTaken(exception))
        {
            data.ChangeTracker.Clear();
            return (await RepeatAsync((await key.FindEarlierAsync(data, cancellationToken))!.Value, cancellationToken), true);
        }
        await cache.ForgetAsync(user.Id, id);
        queue.Wake();
        await audit.RecordAsync("project.create", project.Id.ToString(), details: new { project.Name, project.RepositoryUrl }, actor: user);
        return ((await FindAsync(project.Id, cancellationToken))!, false);
    }

    /// <returns>Null if there is none that the user may see.</returns>
    public async Task<ProjectResponse?> UpdateAsync(Guid id, UpdateProjectRequest request, CancellationToken cancellationToken)
    {
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
            return null;
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
        await SaveAsync(cancellationToken);
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
        return (await FindAsync(id, cancellationToken))!;
    }

    /// <returns>False if there is none that the user may see.</returns>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await data
            .Projects.VisibleTo(user)
            .Where(project => project.Id == id)
            .Select(project => new { project.Name, project.UserId })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return false;
        }
        foreach (var dependent in dependents)
        {
            await dependent.OnDeletingAsync(id, cancellationToken);
        }
        if (await data.Projects.VisibleTo(user).Where(project => project.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return false;
        }
        foreach (var dependent in dependents)
        {
            dependent.OnDeleted(id);
        }
        await cache.ForgetAsync(found.UserId, id);
        await audit.RecordAsync("project.delete", id.ToString(), details: new { found.Name }, actor: user);
        clones.Delete(id);
        return true;
    }

    /// <returns>Null if there is none that the user may see.</returns>
    public async Task<ProjectResponse?> SyncAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var found = await data
            .Projects.VisibleTo(user)
            .Where(project => project.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(project => project.SyncRequestedAt, now), cancellationToken);
        if (found == 0)
        {
            return null;
        }
        var project = (await FindAsync(id, cancellationToken))!;
        await cache.ForgetAsync(project.Owner.Id, id);
        queue.Wake();
        await audit.RecordAsync("project.sync", id.ToString(), actor: user);
        return project;
    }

    /// <returns>Null if there is none that the user may see.</returns>
    public async Task<ProjectResponse?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await data
            .Projects.AsNoTracking()
            .VisibleTo(user)
            .Include(project => project.Owner)
            .FirstOrDefaultAsync(project => project.Id == id, cancellationToken)
            is { } project
            ? ProjectResponse.From(project, project.Owner)
            : null;

    // The project as it is by now: its clone may be ready.
    private async Task<ProjectResponse> RepeatAsync(Guid id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken)
        ?? throw RequestException.Conflict("The project that this Idempotency-Key made was deleted.");

    private async Task CheckRepositoryAsync(string url, CancellationToken cancellationToken)
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

    private Task SaveAsync(CancellationToken cancellationToken) =>
        data.SaveOrConflictAsync("You have a project of this name already.", cancellationToken, but: IdempotencyKeyMapping.PrimaryKey);
}
