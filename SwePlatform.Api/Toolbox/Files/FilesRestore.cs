using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Git;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesRestoreArguments(
    [property: Description("The file, or a folder for all files in it, relative to the root of the repository."), MinLength(1)] string Path,
    [property: Description("The commit to take it from: an id, a branch or a tag; the workspace's newest commit if absent.")]
        string? From = null
);

/// <param name="From">The commit that it is as in now.</param>
/// <param name="Files">What changed; nothing if all was as in that commit already.</param>
internal sealed record FilesRestoreResult(string Path, string From, IReadOnlyList<ChangedFile> Files);

internal sealed class FilesRestore(WorkspaceQuota quota, SandboxAccount account, GitWorktrees worktrees, WorkspaceStore store)
    : Tool<FilesRestoreArguments, FilesRestoreResult>
{
    private const int MaxListBytes = 4 * 1024 * 1024;

    public override string Name => "files.restore";
    public override string Title => "Restore a file";
    public override string Description =>
        "Gives a file of a workspace, or the files of a folder, the content that they have in a commit. Files that are not in that commit "
        + "stay as they are.";
    public override string Brief => "Brings a file or folder back from a commit.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer with { Idempotent = true };

    protected override void Check(FilesRestoreArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", WorktreePath.EntryProblem(arguments.Path));
        problems.Add("from", arguments.From is { } from ? GitRef.Problem(from) : null);
    }

    protected override Listing Show(FilesRestoreResult result) =>
        new(
            $"{result.Path} is as in {Shown.Id(result.From)}" + (result.Files.Count == 0 ? ", and was so before." : ":"),
            Listing.Lines(result.Files.Select(Shown.File)),
            (start, end) => result with { Files = [.. result.Files.Take(start..end)] }
        )
        {
            Noun = "files",
        };

    protected override async Task<FilesRestoreResult> RunAsync(
        FilesRestoreArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        WorkspaceFiles.CheckRoom(quota, workspace);
        var path = RepoPath.Normalize(arguments.Path);
        WorkspaceFiles.FindEntry(workspace, path);
        var from = arguments.From ?? await worktrees.HeadAsync(workspace, cancellationToken);
        var commit =
            await context.Clone.ResolveAsync(from, cancellationToken)
            ?? throw new ToolException(ToolException.NotFound, $"There is no commit '{from}' in this repository.");
        var before = await store.SnapshotAsync(workspace, cancellationToken);
        account.Wrote(workspace);
        try
        {
            await worktrees.RestoreAsync(workspace, commit.Commit, path, cancellationToken);
        }
        catch (GitException exception) when (exception.Message.Contains("did not match any", StringComparison.Ordinal))
        {
            throw new ToolException(ToolException.NotFound, $"There is no '{path}' in commit {commit.Commit}.");
        }
        var after = await store.SnapshotAsync(workspace, cancellationToken);
        return new(
            path,
            commit.Commit,
            await ChangedFiles.BetweenAsync(context.Clone, before.Tree, after.Tree, MaxListBytes, cancellationToken)
        );
    }
}
