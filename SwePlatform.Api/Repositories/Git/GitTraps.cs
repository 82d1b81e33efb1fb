using System.IO.Enumeration;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Repositories.Git;

/// <summary>
/// Finds what Git would open on its way through a working copy, and never come back from: pipes and devices under the names
/// of its own files, also in repositories that lie in folders.
/// </summary>
internal static class GitTraps
{
    /// <summary>The first of them, relative to the folder; null if there is none.</summary>
    public static string? Find(string folder, CancellationToken cancellationToken)
    {
        using var files = new Traps(folder);
        while (files.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (files.Current is { } found)
            {
                return Path.GetRelativePath(folder, found);
            }
        }
        return null;
    }

    // Each entry is returned, so that the caller can stop a walk that takes too long: null for all but traps.
    private sealed class Traps(string folder)
        : FileSystemEnumerator<string?>(
            folder,
            new()
            {
                AttributesToSkip = 0,
                IgnoreInaccessible = true,
                RecurseSubdirectories = true,
                MaxRecursionDepth = 1000,
            }
        )
    {
        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry) => true;

        protected override bool ShouldRecurseIntoEntry(ref FileSystemEntry entry) =>
            entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0;

        // A folder whose path is longer than the system takes in one piece is not Git's to enter either.
        protected override bool ContinueOnError(int error) => true;

        protected override string? TransformEntry(ref FileSystemEntry entry)
        {
            if (entry.FileName is ".gitignore" or ".gitattributes" or ".gitmodules")
            {
                var path = entry.ToFullPath();
                return FileKinds.Of(path) is FileKind.Regular or FileKind.Missing ? null : path;
            }
            if (
                entry.FileName is ".git"
                || entry.Directory.EndsWith("/.git")
                || entry.Directory.Contains("/.git/", StringComparison.Ordinal)
            )
            {
                var path = entry.ToFullPath();
                return FileKinds.Of(path) == FileKind.Special ? path : null;
            }
            return null;
        }
    }
}
