using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>A working copy of a project on a branch of its own, where tools may write.</summary>
/// <param name="Branch">Its name as a ref, such as <c>swe/fix-login</c>: other tools find the branch by it.</param>
/// <param name="Folder">The working copy: a Git worktree of the project's clone.</param>
/// <param name="AllowNetwork">Whether programs that run in it reach the network.</param>
internal sealed record Workspace(Guid Id, Guid ProjectId, string Name, string Branch, string Folder, bool AllowNetwork = false);

/// <summary>Who a commit is by.</summary>
internal sealed record GitIdentity(string Name, string Email);

/// <summary>A commit that was made in a workspace.</summary>
internal sealed record WorkspaceCommit(CommitId Id, string Parent);
