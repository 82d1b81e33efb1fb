using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Projects;

/// <param name="Name">Letters, digits, blanks, <c>.</c>, <c>_</c> and <c>-</c>; unique among one's projects.</param>
/// <param name="RepositoryUrl">https, ssh, or a local path that the operator has allowed.</param>
/// <param name="DefaultBranch">The branch that tools read when no ref is named; the repository's own if absent.</param>
public sealed record CreateProjectRequest(
    [Required, StringLength(100, MinimumLength = 1), RegularExpression(ProjectName.Pattern, ErrorMessage = ProjectName.Message)]
        string Name,
    [Required, StringLength(2048, MinimumLength = 1)] string RepositoryUrl,
    [StringLength(255, MinimumLength = 1)] string? DefaultBranch = null
);

/// <summary>Changes to a project; what is absent stays. Another default branch starts a sync.</summary>
/// <param name="AllowNetwork">Whether programs in its workspaces reach the network. Only administrators may allow it, unless the
/// operator lets members (<c>Tools:MembersMayAllowNetwork</c>).</param>
public sealed record UpdateProjectRequest(
    [StringLength(100, MinimumLength = 1), RegularExpression(ProjectName.Pattern, ErrorMessage = ProjectName.Message)] string? Name = null,
    [StringLength(255, MinimumLength = 1)] string? DefaultBranch = null,
    bool? AllowNetwork = null
);

internal static class ProjectName
{
    public const string Pattern = "^[A-Za-z0-9][A-Za-z0-9._ -]*$";
    public const string Message = "A name starts with a letter or digit, and has only letters, digits, blanks, '.', '_' and '-'.";
}

public sealed record ProjectOwner(Guid Id, string Email, string DisplayName);

/// <param name="StatusMessage">Why the last clone or sync failed.</param>
/// <param name="HeadCommit">The commit that tools read when no ref is named.</param>
/// <param name="HeadTree">Its tree: equal trees give equal results.</param>
/// <param name="Syncing">Whether a clone or sync is waiting or under way.</param>
/// <param name="AllowNetwork">Whether programs in its workspaces reach the network.</param>
public sealed record ProjectResponse(
    Guid Id,
    string Name,
    string RepositoryUrl,
    string? DefaultBranch,
    ProjectStatus Status,
    string? StatusMessage,
    string? HeadCommit,
    string? HeadTree,
    bool Syncing,
    bool AllowNetwork,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SyncedAt,
    ProjectOwner Owner
)
{
    internal static ProjectResponse From(Project project, User owner) =>
        new(
            project.Id,
            project.Name,
            project.RepositoryUrl,
            project.DefaultBranch,
            project.Status,
            project.StatusMessage,
            project.HeadCommit,
            project.HeadTree,
            project.SyncRequestedAt is not null,
            project.AllowNetwork,
            project.CreatedAt,
            project.SyncedAt,
            new ProjectOwner(owner.Id, owner.Email, owner.DisplayName)
        );
}
