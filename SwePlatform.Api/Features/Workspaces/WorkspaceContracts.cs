using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Workspaces;

/// <param name="Name">Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>; unique in the project.</param>
/// <param name="FromRef">Branch, tag or commit to start from; the project's default branch if absent.</param>
public sealed record CreateWorkspaceRequest(
    [Required, StringLength(100, MinimumLength = 1), RegularExpression(WorkspaceName.Pattern, ErrorMessage = WorkspaceName.Message)]
        string Name,
    [StringLength(255, MinimumLength = 1)] string? FromRef = null
);

internal static class WorkspaceName
{
    // It becomes part of a ref: Git wants neither '..', nor '.' or '.lock' at the end, and 'swe/head' is taken.
    public const string Pattern = @"^(?![Hh][Ee][Aa][Dd]$)(?!.*\.\.)(?!.*\.[Ll][Oo][Cc][Kk]$)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$";
    public const string Message =
        "A name starts with a letter or digit, has only letters, digits, '.', '_' and '-', no '..', does not end "
        + "with '.' or '.lock', and is not 'head'.";
}

/// <param name="Branch">The branch that its commits are on; tools take it as a <c>ref</c>.</param>
/// <param name="FromCommit">The commit that it started from.</param>
public sealed record WorkspaceResponse(
    Guid Id,
    Guid ProjectId,
    string Name,
    string Branch,
    string FromCommit,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt
)
{
    internal static WorkspaceResponse From(WorkspaceRecord workspace) =>
        new(
            workspace.Id,
            workspace.ProjectId,
            workspace.Name,
            workspace.Branch,
            workspace.FromCommit,
            workspace.CreatedAt,
            workspace.LastUsedAt
        );
}

/// <param name="Uncommitted">Whether to show only what is not committed yet.</param>
public sealed record WorkspaceDiffQuery(
    [property: Description("Show only what is not committed yet, instead of all since the workspace was made.")] bool Uncommitted = false
);

/// <param name="Status">added, modified, deleted, renamed, copied, type_changed.</param>
/// <param name="Additions">Lines added; null for a binary file.</param>
/// <param name="Deletions">Lines removed; null for a binary file.</param>
public sealed record WorkspaceFileChange(string Path, string? OldPath, string Status, int? Additions, int? Deletions);

/// <param name="FromCommit">What the files are compared with.</param>
/// <param name="Commit">The newest commit of the workspace.</param>
/// <param name="Tree">The tree of its files as they are now.</param>
/// <param name="PatchTruncated">Whether the diff is longer, and only its beginning is here.</param>
public sealed record WorkspaceDiffResponse(
    string FromCommit,
    string Commit,
    string Tree,
    IReadOnlyList<WorkspaceFileChange> Files,
    string Patch,
    bool PatchTruncated
);
