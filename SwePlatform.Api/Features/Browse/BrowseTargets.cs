using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Workspaces;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Browse;

/// <summary>What a request reads.</summary>
/// <param name="Commit">Null if a tree was named.</param>
/// <param name="IsPermanent">Whether the ref will always stand for the same.</param>
internal sealed record BrowseTarget(Clone Repository, string? Commit, string Tree, bool IsPermanent)
{
    /// <summary>For what reads history.</summary>
    public CommitId RequireCommit() =>
        Commit is null ? throw RequestException.Invalid("ref", "A tree has no history; name a commit.") : new(Commit, Tree);
}

/// <summary>Finds what a ref in an address stands for: a branch, tag or commit, <c>workspace:{name}</c>, or <c>tree:{id}</c>.</summary>
internal sealed class BrowseTargets(
    ProjectCache projects,
    CloneStore clones,
    WorkspaceDirectory workspaces,
    WorkspaceStore store,
    CurrentUser user
)
{
    private const string WorkspacePrefix = "workspace:";
    private const string TreePrefix = "tree:";

    /// <exception cref="RequestException">404: there is no such project that the user may see, or nothing of that name in it.</exception>
    public async Task<BrowseTarget> FindAsync(Guid projectId, string? reference, CancellationToken cancellationToken)
    {
        var project = await projects.FindTargetAsync(projectId, user, cancellationToken);
        if (project.HeadCommit is null)
        {
            throw RequestException.Conflict(
                project.Failed
                    ? $"The project could not be cloned: {project.StatusMessage}"
                    : "The project is still being cloned. Try again once its status is 'ready'."
            );
        }
        var clone = clones.Of(projectId);
        // A slash may come encoded, from those who write a ref as one part of an address.
        var name = reference?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (name is null or "" or "HEAD")
        {
            return new(clone, project.HeadCommit, project.HeadTree!, false);
        }
        if (name.StartsWith(WorkspacePrefix, StringComparison.Ordinal))
        {
            return await FindWorkspaceAsync(projectId, clone, name[WorkspacePrefix.Length..], cancellationToken);
        }
        if (name.StartsWith(TreePrefix, StringComparison.Ordinal))
        {
            var id = name[TreePrefix.Length..];
            return GitRef.IsFullId(id)
                ? new(clone, null, id, true)
                : throw RequestException.Invalid("ref", "After 'tree:' comes the full id of a tree.");
        }
        GitRef.Check("ref", name);
        return await clone.ResolveAsync(name, cancellationToken) is { } commit
            ? new(clone, commit.Commit, commit.Tree, GitRef.IsFullId(name))
            : throw RequestException.NotFound($"The project has no branch, tag or commit '{name}'. If it is new, sync the project first.");
    }

    private async Task<BrowseTarget> FindWorkspaceAsync(Guid projectId, Clone clone, string name, CancellationToken cancellationToken)
    {
        var workspace =
            await workspaces.FindAsync(projectId, name, cancellationToken)
            ?? throw RequestException.NotFound($"The project has no workspace '{name}'.");
        var now = await store.SnapshotAsync(workspace, cancellationToken);
        return new(clone, now.Commit, now.Tree, false);
    }
}
