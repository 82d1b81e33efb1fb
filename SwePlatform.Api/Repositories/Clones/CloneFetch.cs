using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Clones;

/// <summary>Makes and renews the bare clone of a repository.</summary>
internal sealed class CloneFetch(GitProcess git, RepositoryAccess access)
{
    // What the remote's HEAD pointed to, kept beside the branches: it may be detached and on none of them.
    private const string RemoteHead = "refs/swe/head";

    public async Task<FetchResult> FetchAsync(
        string gitDir,
        string repositoryUrl,
        string? defaultBranch,
        CancellationToken cancellationToken
    )
    {
        var source = await access.CheckAsync(repositoryUrl, cancellationToken);
        if (!File.Exists(Path.Combine(gitDir, "HEAD")))
        {
            Directory.CreateDirectory(gitDir);
            await git.RunAsync(
                null,
                ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", gitDir],
                cancellationToken,
                environment: References.FileFormat
            );
        }
        RemoveStaleLocks(gitDir);
        var remoteBranch = await FindRemoteBranchAsync(source, cancellationToken);
        await git.RunAsync(
            gitDir,
            [
                .. Configuration(source),
                "fetch",
                "--quiet",
                "--prune",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--no-auto-maintenance",
                "--end-of-options",
                source.Address,
                $"+HEAD:{RemoteHead}",
                "+refs/heads/*:refs/heads/*",
                "+refs/tags/*:refs/tags/*",
            ],
            cancellationToken,
            environment: source.Environment
        );
        return await SetHeadAsync(gitDir, defaultBranch, remoteBranch, cancellationToken);
    }

    // A Git that was killed leaves its lock files behind. The project's lease says that no other one fetches; what
    // belongs to the branch workspaces may be in use right now.
    private static void RemoveStaleLocks(string gitDir)
    {
        string[] others =
        [
            Path.Combine(gitDir, "worktrees") + Path.DirectorySeparatorChar,
            Path.Combine(gitDir, "refs", "swe") + Path.DirectorySeparatorChar,
        ];
        foreach (
            var file in Directory
                .EnumerateFiles(gitDir, "*.lock", SearchOption.AllDirectories)
                .Where(file => !others.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)))
        )
        {
            File.Delete(file);
        }
    }

    // "ref: refs/heads/main\tHEAD"; nothing if the remote's HEAD is detached.
    private async Task<string?> FindRemoteBranchAsync(RepositorySource source, CancellationToken cancellationToken)
    {
        var output = await git.RunAsync(
            null,
            [.. Configuration(source), "ls-remote", "--symref", "--end-of-options", source.Address, "HEAD"],
            cancellationToken,
            maxBytes: 64 * 1024,
            environment: source.Environment
        );
        if (output.Output.Length == 0)
        {
            throw new GitException("The repository has no commits yet.");
        }
        const string prefix = "ref: refs/heads/";
        var line = output.Text.Split('\n').FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
        return line?[prefix.Length..line.IndexOf('\t', StringComparison.Ordinal)];
    }

    private async Task<FetchResult> SetHeadAsync(string gitDir, string? wanted, string? remoteBranch, CancellationToken cancellationToken)
    {
        var branch = wanted ?? remoteBranch;
        var commit =
            await ParseAsync(gitDir, branch is null ? RemoteHead : $"refs/heads/{branch}^{{commit}}", cancellationToken)
            ?? throw new GitException(
                $"The repository has no branch '{branch}'. It has: {await ListBranchesAsync(gitDir, cancellationToken)}."
            );
        // Tools may name HEAD, and mean the project's branch.
        await git.RunAsync(
            gitDir,
            branch is null ? ["update-ref", "--no-deref", "HEAD", commit] : ["symbolic-ref", "HEAD", $"refs/heads/{branch}"],
            cancellationToken
        );
        var tree =
            await ParseAsync(gitDir, $"{commit}^{{tree}}", cancellationToken)
            ?? throw new GitException("The tree of the newest commit is missing.");
        return new(branch ?? "HEAD", new(commit, tree));
    }

    private async Task<string?> ParseAsync(string gitDir, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (
                await git.RunAsync(gitDir, ["rev-parse", "--verify", "--quiet", "--end-of-options", name], cancellationToken)
            ).Text.Trim();
        }
        catch (GitException)
        {
            return null;
        }
    }

    private async Task<string> ListBranchesAsync(string gitDir, CancellationToken cancellationToken)
    {
        const int shown = 10;
        var output = await git.RunAsync(
            gitDir,
            ["for-each-ref", $"--count={shown + 1}", "--format=%(refname:lstrip=2)", "refs/heads"],
            cancellationToken
        );
        var names = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(", ", names.Take(shown)) + (names.Length > shown ? ", …" : "");
    }

    private static IEnumerable<string> Configuration(RepositorySource source) =>
        source.Configuration.SelectMany(setting => new[] { "-c", setting });
}
