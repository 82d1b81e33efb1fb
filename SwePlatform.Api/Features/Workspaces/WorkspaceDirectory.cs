using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>Finds workspaces by name, with their files on this replica's disk.</summary>
internal sealed class WorkspaceDirectory(IDbContextFactory<SweDbContext> contexts, IOptions<WorkspaceOptions> options, TimeProvider time)
{
    // Often enough to see which workspaces are in use, seldom enough to cost nothing.
    private static readonly TimeSpan LastUsePrecision = TimeSpan.FromMinutes(1);

    /// <summary>The workspace of that name, or null.</summary>
    /// <exception cref="RequestException">409: its files are not here.</exception>
    public async Task<Workspace?> FindAsync(Guid projectId, string name, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await data
            .Workspaces.Where(workspace => workspace.ProjectId == projectId && workspace.Name == name)
            .Select(workspace => new
            {
                workspace.Id,
                workspace.Name,
                workspace.Branch,
                workspace.LastUsedAt,
                workspace.Project.AllowNetwork,
            })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return null;
        }
        var now = time.GetUtcNow();
        if (now - found.LastUsedAt > LastUsePrecision)
        {
            await data
                .Workspaces.Where(workspace => workspace.Id == found.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(workspace => workspace.LastUsedAt, now), cancellationToken);
        }
        var folder = WorkspaceFolders.Worktree(options.Value.Root, projectId, found.Id);
        return Directory.Exists(folder)
            ? new(found.Id, projectId, found.Name, found.Branch, folder, found.AllowNetwork)
            : throw RequestException.Conflict(
                $"The files of the workspace '{name}' are not on this server's disk. "
                    + "Use the server that made it, or delete it and make it anew."
            );
    }
}
