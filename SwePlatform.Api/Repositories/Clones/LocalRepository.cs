using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Clones;

/// <summary>
/// Checks repositories on this machine's own disk. What counts is where a path really leads: symbolic links, the
/// pointer file of a worktree and borrowed objects are all followed, and each must end inside an allowed root.
/// </summary>
internal sealed class LocalRepository(IOptions<RepositoryOptions> options, GitProcess git)
{
    // Reading such a repository can make Git run a program or reach for the network.
    private static readonly string[] DangerousSettings =
    [
        "extensions.partialclone",
        "include.",
        "includeif.",
        "uploadpack.",
        "core.alternaterefscommand",
    ];

    public async Task<RepositorySource> CheckAsync(string path, CancellationToken cancellationToken)
    {
        var folder = RealPath(path);
        if (folder is null || !IsAllowed(folder))
        {
            // The same words whether it is missing or forbidden: nobody maps the disk by asking.
            throw new RepositoryRefusedException(
                "This local path is not in a folder that the operator has allowed (Projects:LocalRoots, or --allow-local), "
                    + "or it does not exist."
            );
        }
        var repository = Find(folder);
        CheckBorrowedObjects(repository);
        await CheckConfigurationAsync(repository, cancellationToken);
        return new(repository.GitDir, new Dictionary<string, string> { ["GIT_ALLOW_PROTOCOL"] = "file" }, []);
    }

    private (string GitDir, string Common) Find(string folder)
    {
        var dotGit = Path.Combine(folder, ".git");
        var gitDir =
            File.Exists(dotGit) ? Follow(folder, File.ReadAllText(dotGit), "gitdir:")
            : Directory.Exists(dotGit) ? Allowed(dotGit)
            : folder;
        // A worktree keeps its own HEAD, and everything else in the main repository.
        var pointer = Path.Combine(gitDir, "commondir");
        var common = File.Exists(pointer) ? Follow(gitDir, File.ReadAllText(pointer), "") : gitDir;
        foreach (var part in new[] { "objects", "refs", "HEAD", "config" })
        {
            var target = Path.Combine(common, part);
            if (!Path.Exists(target))
            {
                throw new RepositoryRefusedException("This local path is not a Git repository.");
            }
            Allowed(target);
        }
        return (gitDir, common);
    }

    private string Follow(string from, string pointer, string prefix)
    {
        var text = pointer.Trim();
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new RepositoryRefusedException("This local path is not a Git repository.");
        }
        return Allowed(Path.Combine(from, text[prefix.Length..].Trim()));
    }

    private string Allowed(string path) =>
        RealPath(path) is { } real && IsAllowed(real)
            ? real
            : throw new RepositoryRefusedException(
                "This repository leads out of the folders that the operator has allowed (Projects:LocalRoots, or --allow-local)."
            );

    private void CheckBorrowedObjects((string GitDir, string Common) repository)
    {
        var alternates = Path.Combine(repository.Common, "objects", "info", "alternates");
        if (!File.Exists(alternates))
        {
            return;
        }
        foreach (var line in File.ReadLines(Allowed(alternates)).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var objects = Allowed(Path.Combine(repository.Common, "objects", line.Trim()));
            if (File.Exists(Path.Combine(objects, "info", "alternates")))
            {
                throw new RepositoryRefusedException(
                    "This repository borrows objects from one that borrows in turn. Run 'git repack -a -d' in it first."
                );
            }
        }
    }

    private async Task CheckConfigurationAsync((string GitDir, string Common) repository, CancellationToken cancellationToken)
    {
        var files = new[] { Path.Combine(repository.Common, "config"), Path.Combine(repository.GitDir, "config.worktree") };
        foreach (var file in files.Where(File.Exists))
        {
            string settings;
            try
            {
                settings = (
                    await git.RunAsync(
                        null,
                        ["config", "--file", file, "--no-includes", "--name-only", "--list"],
                        cancellationToken,
                        maxBytes: 1024 * 1024
                    )
                ).Text;
            }
            catch (GitException)
            {
                throw new RepositoryRefusedException("The configuration of this local repository cannot be read.");
            }
            var found = settings
                .Split('\n')
                .FirstOrDefault(name =>
                    DangerousSettings.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    || name.EndsWith(".promisor", StringComparison.OrdinalIgnoreCase)
                );
            if (found is not null)
            {
                throw new RepositoryRefusedException(
                    $"The configuration of this local repository sets '{found}', with which it cannot be read safely."
                );
            }
        }
    }

    private bool IsAllowed(string real) =>
        options
            .Value.AllowedRoots()
            .Select(RealPath)
            .Any(root =>
                root is not null
                && (
                    real == root
                    || real.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                )
            );

    /// <summary>The path with every symbolic link in it resolved, or null if it leads nowhere.</summary>
    internal static string? RealPath(string path)
    {
        const int maxLinks = 40;
        var pending = new Stack<string>(
            Path.GetFullPath(path).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse()
        );
        var current = Path.GetPathRoot(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows())
        {
            pending.Pop();
        }
        for (var links = 0; pending.TryPop(out var part); )
        {
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }
            var next = Path.Combine(current, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (info.LinkTarget is not { } target)
            {
                if (!info.Exists)
                {
                    return null;
                }
                current = next;
                continue;
            }
            if (++links > maxLinks)
            {
                return null;
            }
            if (Path.IsPathRooted(target))
            {
                current = Path.GetPathRoot(target)!;
            }
            foreach (
                var step in target
                    .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
                    .Reverse()
                    .Where(step => step != ".")
            )
            {
                pending.Push(step);
            }
        }
        return current;
    }
}
