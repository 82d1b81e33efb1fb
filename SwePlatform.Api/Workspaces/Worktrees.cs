namespace SwePlatform.Api.Workspaces;

/// <summary>
/// The Git side of branch workspaces. Their files are read in one place only, <see cref="SnapshotAsync"/>; everything
/// else works on Git objects, so that nothing in the working copy (nested repositories, filters, hooks) gets to run.
/// </summary>
internal sealed class Worktrees(GitProcess git, PackPruning packs)
{
    private static readonly string[] Update = ["update-index", "-q", "-z", "--add", "--remove", "--replace", "--stdin"];

    // Outside of what a fetch brings and prunes, and yet found by tools under its short name 'swe/…'.
    private static string Ref(BranchWorkspace workspace) => $"refs/{workspace.Branch}";

    public async Task AddAsync(BranchWorkspace workspace, string commit, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(workspace.Folder)!);
        Directory.CreateDirectory(workspace.Home());
        using (WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(workspace.Clone())))
        {
            await packs.KeepAsync(workspace.Clone(), commit, cancellationToken);
            await git.RunAsync(workspace.Clone(), ["worktree", "add", "--quiet", "--no-checkout", "--detach", "--", workspace.Folder, commit], cancellationToken);
            await git.RunAsync(workspace.Clone(), ["update-ref", Ref(workspace), commit, ""], cancellationToken);
        }
        await git.RunAsync(workspace.GitDir(), ["symbolic-ref", "HEAD", Ref(workspace)], cancellationToken);
        await RunAsync(workspace, ["read-tree", "-u", "--reset", commit], null, cancellationToken);
    }

    public async Task RemoveAsync(BranchWorkspace workspace, CancellationToken cancellationToken)
    {
        FolderTree.Delete(workspace.Folder);
        FolderTree.Delete(workspace.Home());
        FolderTree.Delete(workspace.GitDir());
        if (Directory.Exists(workspace.Clone()))
        {
            await git.RunAsync(workspace.Clone(), ["update-ref", "-d", Ref(workspace)], cancellationToken);
        }
    }

    /// <summary>The commit, and the tree of the files as they are now. Neither the index nor the files change.</summary>
    /// <param name="complete">Fail if a file cannot be read, rather than leave it out.</param>
    public async Task<CommitId> SnapshotAsync(BranchWorkspace workspace, bool complete, CancellationToken cancellationToken)
    {
        // The index of the last snapshot knows which files have not changed since. Git compares their times with the
        // index's own, which therefore has to be copied too; File.Copy does.
        var last = Path.Combine(workspace.GitDir(), "snapshot-index");
        var index = $"{last}-{Guid.CreateVersion7():N}";
        using var share = WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(workspace.Clone()));
        try
        {
            var known = File.Exists(last) ? last : Path.Combine(workspace.GitDir(), "index");
            if (File.Exists(known))
            {
                File.Copy(known, index);
            }
            var all = await UpdateIndexAsync(workspace, index, complete, cancellationToken);
            var tree = (await RunAsync(workspace, ["write-tree"], index, cancellationToken)).Text.Trim();
            if (all)
            {
                File.Move(index, last, overwrite: true);
            }
            return new(await HeadAsync(workspace, cancellationToken), tree);
        }
        finally
        {
            File.Delete(index);
            File.Delete(index + ".lock");
        }
    }

    // Not 'git add': that asks a repository that lies in a folder whether it has changed, by a Git which obeys the
    // configuration of that repository, and with it runs what a stranger wrote there.
    private async Task<bool> UpdateIndexAsync(BranchWorkspace workspace, string index, bool complete, CancellationToken cancellationToken)
    {
        await RunAsync(workspace, ["update-index", "-q", "--ignore-submodules", "--refresh"], index, cancellationToken);
        var changed = await RunAsync(workspace, ["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard"], index, cancellationToken);
        try
        {
            if (changed.Output.Length > 0)
            {
                await RunAsync(workspace, Update, index, cancellationToken, changed.Output);
            }
            return true;
        }
        catch (GitException) when (!complete)
        {
            // One of them is no file any more, or may not be read: one by one, to find it.
            foreach (var path in changed.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                await UpdateOneAsync(workspace, index, path, cancellationToken);
            }
            return false;
        }
    }

    private async Task UpdateOneAsync(BranchWorkspace workspace, string index, string path, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(workspace, Update, index, cancellationToken, System.Text.Encoding.UTF8.GetBytes(path + '\0'));
        }
        catch (GitException)
        {
            await RunAsync(workspace, ["update-index", "-q", "--force-remove", "-z", "--stdin"], index, cancellationToken, System.Text.Encoding.UTF8.GetBytes(path + '\0'));
        }
    }

    /// <summary>Commits a tree on the workspace's branch.</summary>
    public async Task<string> CommitAsync(BranchWorkspace workspace, CommitId parent, string message, GitIdentity author, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["GIT_AUTHOR_NAME"] = author.Name,
            ["GIT_AUTHOR_EMAIL"] = author.Email,
            ["GIT_COMMITTER_NAME"] = author.Name,
            ["GIT_COMMITTER_EMAIL"] = author.Email,
        };
        using var share = WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(workspace.Clone()));
        var commit = (await git.RunAsync(workspace.GitDir(), ["commit-tree", "--no-gpg-sign", "-p", parent.Commit, "-F", "-", parent.Tree],
            cancellationToken, environment: environment, input: System.Text.Encoding.UTF8.GetBytes(message))).Text.Trim();
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
    public Task ApplyAsync(BranchWorkspace workspace, byte[] patch, int strip, bool withoutContext, CancellationToken cancellationToken) =>
        RunAsync(workspace, ["apply", "--whitespace=nowarn", $"-p{strip}", .. withoutContext ? ["--unidiff-zero"] : Array.Empty<string>(), "-"], null, cancellationToken, patch);

    public async Task<string> TreeAsync(BranchWorkspace workspace, string commit, CancellationToken cancellationToken) =>
        (await git.RunAsync(workspace.Clone(), ["rev-parse", "--verify", "--quiet", "--end-of-options", $"{commit}^{{tree}}"], cancellationToken)).Text.Trim();

    private async Task<string> HeadAsync(BranchWorkspace workspace, CancellationToken cancellationToken) =>
        (await git.RunAsync(workspace.Clone(), ["rev-parse", "--verify", "--quiet", Ref(workspace)], cancellationToken)).Text.Trim();

    private Task<GitOutput> RunAsync(BranchWorkspace workspace, IEnumerable<string> arguments, string? index, CancellationToken cancellationToken, byte[]? input = null)
    {
        var environment = new Dictionary<string, string> { ["GIT_WORK_TREE"] = workspace.Folder };
        if (index is not null)
        {
            environment["GIT_INDEX_FILE"] = index;
        }
        return git.RunAsync(workspace.GitDir(), ["-C", workspace.Folder, "-c", "core.symlinks=true", "-c", "submodule.recurse=false", "-c", "advice.addEmbeddedRepo=false", .. arguments],
            cancellationToken, environment: environment, input: input);
    }
}
