using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Files;

/// <summary>Files of a workspace, for tools that have the turn to write in it.</summary>
internal static class WorkspaceFiles
{
    /// <summary>Where a file is or will be.</summary>
    /// <exception cref="ToolException">It leads out of the workspace, or is no file.</exception>
    public static string Find(Workspace workspace, string path)
    {
        var (file, problem) = WorktreePath.Find(workspace.Folder, path);
        return file ?? throw new ToolException(ToolException.Refused, problem!);
    }

    /// <summary>Where something is or will be, be it a file, a folder or a link, which is not followed.</summary>
    /// <exception cref="ToolException">It leads out of the workspace.</exception>
    public static (string Location, FileKind Kind) FindEntry(Workspace workspace, string path)
    {
        var (entry, problem) = WorktreePath.FindEntry(workspace.Folder, RepoPath.Normalize(path));
        return entry is null ? throw new ToolException(ToolException.Refused, problem!) : (entry, FileKinds.OfEntry(entry));
    }

    /// <exception cref="ToolException">There is no room.</exception>
    public static void CheckRoom(WorkspaceQuota quota, Workspace workspace)
    {
        if (quota.Problem(workspace) is { } full)
        {
            throw new ToolException(ToolException.Full, full);
        }
    }

    public static ToolException Missing(string path) => new(ToolException.NotFound, $"There is no '{path}' in this workspace.");

    /// <summary>Beside the file, then in its place: never half of it, never through a link, never into a second name of it.</summary>
    public static async Task ReplaceAsync(string file, byte[] content, bool exists, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = Path.Combine(Path.GetDirectoryName(file)!, $".swe-{Guid.CreateVersion7():N}");
        try
        {
            await File.WriteAllBytesAsync(temporary, content, cancellationToken);
            if (exists && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(file) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
