using System.Text;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>
/// Turns the files of a workspace as they are now into a tree. The one place where the server reads them, and they may be
/// anything: it happens in a sandbox, within a time limit, and what Git would wait for without end is refused before.
/// </summary>
internal sealed class WorktreeSnapshots(
    GitWorktrees worktrees,
    IWorktreeGit git,
    WorkspaceLocks locks,
    IOptions<WorkspaceOptions> options,
    TimeProvider time
)
{
    /// <summary>Code of the error that says that the files cannot be read as they are.</summary>
    public const string Unreadable = "workspace_unreadable";

    private const string Git = "git -c core.symlinks=true -c submodule.recurse=false -c advice.addEmbeddedRepo=false";
    private const string Update = $"{Git} update-index -q -z --add --remove --replace --stdin";
    private const int NotAllUpdated = 90;

    // Not 'git add': that asks a repository that lies in a folder whether it has changed, by a Git which obeys the
    // configuration of that repository, and with it runs what an attacker wrote there.
    private const string UpdateAll = $"""
        {Git} update-index -q --ignore-submodules --refresh || exit
        {Git} ls-files -z --modified --deleted --others --exclude-standard > "$1/changed" || exit
        if test -s "$1/changed"; then {Update} < "$1/changed" || exit 90; fi
        exec {Git} write-tree
        """;

    // What cannot be read is left out, one by one to find it.
    private const string UpdateOne =
        $"""{Git} update-index -q --add --remove --replace -- "$0" || {Git} update-index -q --force-remove -- "$0" """;

    private const string UpdateEach = $"""
        {Git} update-index -q --force-remove -z --stdin < "$1/left-out" || exit
        {Update} < "$1/kept" || xargs -0 -n 1 sh -c '{UpdateOne}' < "$1/kept" || exit
        exec {Git} write-tree
        """;

    /// <summary>The commit, and the tree of the files as they are now. Neither the index nor the files change.</summary>
    /// <param name="complete">Fail if a file cannot be read, rather than leave it out.</param>
    /// <exception cref="RequestException">409: the files cannot be read as they are; says how to repair them.</exception>
    public async Task<CommitId> TakeAsync(Workspace workspace, bool complete, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timeout = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(),
            limited,
            options.Value.ReadTimeout,
            Timeout.InfiniteTimeSpan
        );
        try
        {
            // Callers of the same workspace take turns: each of them would keep a Git busy with the same files.
            await using var turn = await locks.EnterAsync(workspace.LockFile() + ".snapshot", limited.Token);
            var trap = await Task.Run(() => GitTraps.Find(workspace.Folder, limited.Token), limited.Token);
            return trap is null
                ? await TakeNowAsync(workspace, complete, limited.Token)
                : throw RequestException.Conflict(
                    $"'{trap}' in the workspace '{workspace.Name}' is no regular file, and Git would wait for it forever. Remove "
                        + $"it with process.run, such as [\"rm\", \"-rf\", \"{trap}\"].",
                    Unreadable
                );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RequestException.Conflict(
                $"The files of the workspace '{workspace.Name}' could not be read within "
                    + $"{options.Value.ReadTimeout.TotalSeconds:0} seconds (Workspaces:ReadTimeout). Look for slow patterns in "
                    + ".gitignore and .gitattributes, or for very many files, and remove them with process.run.",
                Unreadable
            );
        }
    }

    private async Task<CommitId> TakeNowAsync(Workspace workspace, bool complete, CancellationToken cancellationToken)
    {
        // The index of the last snapshot knows which files have not changed since. Git compares their times with the
        // index's own, which therefore has to be copied too; File.Copy does.
        var last = Path.Combine(workspace.GitDir(), "snapshot-index");
        var scratch = Directory.CreateDirectory(Path.Combine(workspace.GitDir(), $"snapshot-{Guid.CreateVersion7():N}")).FullName;
        var index = Path.Combine(scratch, "index");
        using var share = WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(workspace.Clone()));
        try
        {
            var known = File.Exists(last) ? last : Path.Combine(workspace.GitDir(), "index");
            if (File.Exists(known))
            {
                File.Copy(known, index);
            }
            var command = new WorktreeCommand(workspace, UpdateAll, [scratch], [scratch, Path.Combine(workspace.Clone(), "objects")])
            {
                Index = index,
            };
            var result = await git.RunAsync(command, cancellationToken);
            var all = result.ExitCode == 0;
            if (result.ExitCode == NotAllUpdated && !complete)
            {
                Sort(workspace, scratch);
                result = await git.RunAsync(command with { Script = UpdateEach }, cancellationToken);
            }
            if (result.ExitCode != 0)
            {
                throw new GitException(GitProcess.Clean(result.Errors));
            }
            if (all)
            {
                File.Move(index, last, overwrite: true);
            }
            return new(await worktrees.HeadAsync(workspace, cancellationToken), Encoding.ASCII.GetString(result.Output).Trim());
        }
        finally
        {
            FolderTree.Delete(scratch);
        }
    }

    private static void Sort(Workspace workspace, string scratch)
    {
        var changed = File.ReadAllText(Path.Combine(scratch, "changed"), Encoding.Latin1)
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        // Bytes, whatever they mean as text.
        var kept = changed.ToLookup(path =>
            FileKinds.IsKept(Path.Combine(workspace.Folder, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path))))
        );
        File.WriteAllText(Path.Combine(scratch, "kept"), string.Concat(kept[true].Select(path => path + '\0')), Encoding.Latin1);
        File.WriteAllText(Path.Combine(scratch, "left-out"), string.Concat(kept[false].Select(path => path + '\0')), Encoding.Latin1);
    }
}
