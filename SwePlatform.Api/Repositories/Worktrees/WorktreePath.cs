using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>Finds a file in a working copy by a path that came from outside, without being led out of it.</summary>
internal static class WorktreePath
{
    /// <summary>Null, or why nothing may be written there.</summary>
    public static string? Problem(string path)
    {
        var parts = RepoPath.Normalize(path).Split('/');
        return RepoPath.Problem(path)
            ?? (
                path.Contains('\\', StringComparison.Ordinal) ? "Paths are written with '/'."
                : parts is [""] ? "Name a file."
                : path.EndsWith('/') ? "Name a file, not a folder."
                : parts.Any(part => part.Length > 255) ? "A part of a path has at most 255 characters."
                : parts.Any(IsGit) ? "Git's own files are not written by tools."
                : null
            );
    }

    /// <summary>The same for what may be a folder, whose path may end with a slash.</summary>
    public static string? EntryProblem(string path) => RepoPath.Problem(path) ?? Problem(path.TrimEnd('/'));

    /// <summary>Where the file is, or a reason why it may not be written.</summary>
    /// <remarks>
    /// The caller has the turn to write, so no program runs that could exchange a folder for a link in the meantime.
    /// </remarks>
    public static (string? Path, string? Problem) Find(string root, string path)
    {
        var (file, problem) = FindEntry(root, path);
        return file is null ? (null, problem)
            : new FileInfo(file).LinkTarget is not null ? (null, $"'{path}' is a symbolic link; links are not followed.")
            : Directory.Exists(file) ? (null, $"'{path}' is a folder.")
            : (file, null);
    }

    /// <summary>Where it is, whatever it is, or a reason why nothing may be there: only what it is in is looked at.</summary>
    public static (string? Path, string? Problem) FindEntry(string root, string path)
    {
        var current = root;
        var parts = RepoPath.Normalize(path).Split('/');
        foreach (var part in parts[..^1])
        {
            current = Path.Combine(current, part);
            var folder = new DirectoryInfo(current);
            if (folder.LinkTarget is not null)
            {
                return (null, $"'{Path.GetRelativePath(root, current)}' is a symbolic link; links are not followed.");
            }
            if (File.Exists(current))
            {
                return (null, $"'{Path.GetRelativePath(root, current)}' is a file, not a folder.");
            }
        }
        return (Path.Combine(current, parts[^1]), null);
    }

    // Also what other file systems take for '.git': other case, dots and blanks at the end, the short name, and
    // characters that HFS+ does not see.
    private static bool IsGit(string part)
    {
        var visible = string.Concat(
            part.Where(character =>
                !(character is >= '\u200c' and <= '\u200f' or >= '\u202a' and <= '\u202e' or >= '\u206a' and <= '\u206f' or '\ufeff')
            )
        );
        var name = visible.Split(':')[0].TrimEnd('.', ' ');
        return name.Equals(".git", StringComparison.OrdinalIgnoreCase) || name.StartsWith("git~", StringComparison.OrdinalIgnoreCase);
    }
}
