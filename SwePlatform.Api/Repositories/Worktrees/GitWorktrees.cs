using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Pruning;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>
/// The Git side of branch workspaces. What reads or writes their files runs in a sandbox, since they are untrusted; everything
/// else works on Git objects, so that nothing in the working copy (nested repositories, filters, hooks) gets to run.
/// </summary>
internal sealed class GitWorktrees(GitProcess git, IWorktreeGit files, TreeListing trees, PackPruning packs)
{
    // What a script of Git's begins with.
    private const string Options = "-c core.symlinks=true -c submodule.recurse=false -c advice.addEmbeddedRepo=false";

    // Outside of what a fetch brings and prunes, and yet found by tools under its short name 'swe/…'.
    private static string Ref(Workspace workspace) => $"refs/{workspace.Branch}";

    public async Task AddAsync(Workspace workspace, string commit, CancellationToken cancellationToken)
    {
        await trees.CheckAsync(workspace.Clone(), $"{commit}^{{tree}}", cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(workspace.Folder)!);
        Directory.CreateDirectory(workspace.Home());
        using (WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(workspace.Clone())))
        {
            await packs.KeepAsync(workspace.Clone(), commit, cancellationToken);
            await git.RunAsync(
                workspace.Clone(),
                ["worktree", "add", "--quiet", "--no-checkout", "--detach", "--", workspace.Folder, commit],
                cancellationToken
            );
            await git.RunAsync(workspace.Clone(), ["update-ref", Ref(workspace), commit, ""], cancellationToken);
        }
        await git.RunAsync(workspace.GitDir(), ["symbolic-ref", "HEAD", Ref(workspace)], cancellationToken);
        Check(
            await files.RunAsync(
                new(workspace, $"exec git {Options} read-tree -u --reset \"$1\"", [commit], [workspace.Folder, workspace.GitDir()]),
                cancellationToken
            )
        );
    }

    public async Task RemoveAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        FolderTree.Delete(workspace.Folder);
        FolderTree.Delete(workspace.Home());
        FolderTree.Delete(workspace.GitDir());
        if (Directory.Exists(workspace.Clone()))
        {
            await git.RunAsync(workspace.Clone(), ["update-ref", "-d", Ref(workspace)], cancellationToken);
        }
    }

    /// <summary>The newest commit of the workspace.</summary>
    public async Task<string> HeadAsync(Workspace workspace, CancellationToken cancellationToken) =>
        (await git.RunAsync(workspace.Clone(), ["rev-parse", "--verify", "--quiet", Ref(workspace)], cancellationToken)).Text.Trim();

    /// <summary>Commits a tree on the workspace's branch.</summary>
    public async Task<string> CommitAsync(
        Workspace workspace,
        CommitId parent,
        string message,
        GitIdentity author,
        CancellationToken cancellationToken
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["GIT_AUTHOR_NAME"] = author.Name,
            ["GIT_AUTHOR_EMAIL"] = author.Email,
            ["GIT_COMMITTER_NAME"] = author.Name,
            ["GIT_COMMITTER_EMAIL"] = author.Email,
        };
        using var share = WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(workspace.Clone()));
        var commit = (
            await git.RunAsync(
                workspace.GitDir(),
                ["commit-tree", "--no-gpg-sign", "-p", parent.Commit, "-F", "-", parent.Tree],
                cancellationToken,
                environment: environment,
                input: System.Text.Encoding.UTF8.GetBytes(message)
            )
        ).Text.Trim();
        // A writer that was killed leaves its lock behind, and there is only one writer: the one who asks.
        File.Delete(Path.Combine(workspace.Clone(), Ref(workspace) + ".lock"));
        await git.RunAsync(workspace.Clone(), ["update-ref", Ref(workspace), commit, parent.Commit], cancellationToken);
        File.Copy(Path.Combine(workspace.GitDir(), "snapshot-index"), Path.Combine(workspace.GitDir(), "index"), overwrite: true);
        return commit;
    }

    /// <summary>Applies a patch to the files, all of it or nothing.</summary>
    /// <param name="strip">How many leading parts of its paths are not part of them.</param>
    /// <param name="withoutContext">Accept hunks that only the line number puts in their place.</param>
    /// <exception cref="GitException">It does not fit.</exception>
    public async Task ApplyAsync(Workspace workspace, byte[] patch, int strip, bool withoutContext, CancellationToken cancellationToken)
    {
        string[] arguments = [$"-p{strip}", .. withoutContext ? ["--unidiff-zero"] : Array.Empty<string>()];
        Check(
            await files.RunAsync(
                new(workspace, $"exec git {Options} apply --whitespace=nowarn \"$@\" -", arguments, [workspace.Folder]) { Input = patch },
                cancellationToken
            )
        );
    }

    /// <summary>Gives a file, or the files of a folder, the content that they have in a commit.</summary>
    /// <exception cref="GitException">It is not there in that commit.</exception>
    public async Task RestoreAsync(Workspace workspace, string commit, string path, CancellationToken cancellationToken)
    {
        // An index of its own: the workspace's is not to say what is there, and not to be locked by who is killed here.
        const string script =
            $"folder=$(mktemp -d) || exit; export GIT_INDEX_FILE=\"$folder/index\"; "
            + $"git --literal-pathspecs {Options} restore --source=\"$1\" --worktree --overlay -- \"$2\"; "
            + "status=$?; rm -rf \"$folder\"; exit $status";
        Check(await files.RunAsync(new(workspace, script, [commit, path], [workspace.Folder]), cancellationToken));
    }

    public async Task<string> TreeAsync(Workspace workspace, string commit, CancellationToken cancellationToken) =>
        (
            await git.RunAsync(
                workspace.Clone(),
                ["rev-parse", "--verify", "--quiet", "--end-of-options", $"{commit}^{{tree}}"],
                cancellationToken
            )
        ).Text.Trim();

    private static void Check(WorktreeResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new GitException(GitProcess.Clean(result.Errors));
        }
    }
}
