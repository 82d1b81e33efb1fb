namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>
/// Where things are below <c>Workspaces:Root</c>. Folders are named by ids, never by what a user typed.
/// </summary>
internal static class WorkspaceFolders
{
    public static string GitDir(string root, Guid projectId) => Path.Combine(root, projectId.ToString(), "repository.git");

    public static string Worktree(string root, Guid projectId, Guid workspaceId) =>
        Path.Combine(root, projectId.ToString(), "worktrees", workspaceId.ToString());

    /// <summary>The project's clone, of which this workspace is a worktree.</summary>
    public static string Clone(this Workspace workspace) => Path.Combine(ProjectFolder(workspace), "repository.git");

    /// <summary>What Git keeps about the worktree, inside the clone.</summary>
    public static string GitDir(this Workspace workspace) => Path.Combine(workspace.Clone(), "worktrees", workspace.Id.ToString());

    /// <summary>The home of programs that run in the workspace: their package caches stay from one run to the next.</summary>
    public static string Home(this Workspace workspace) => Path.Combine(ProjectFolder(workspace), "homes", workspace.Id.ToString());

    public static string LockFile(this Workspace workspace) => Path.Combine(ProjectFolder(workspace), "locks", workspace.Id.ToString());

    /// <summary>Held, along with others, by who writes objects into a clone.</summary>
    public static string ObjectLock(string gitDir) => Path.Combine(Path.GetDirectoryName(gitDir)!, "locks", "objects");

    private static string ProjectFolder(Workspace workspace) => Path.GetDirectoryName(Path.GetDirectoryName(workspace.Folder))!;
}
