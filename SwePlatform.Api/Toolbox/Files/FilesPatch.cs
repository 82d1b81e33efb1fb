using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Git;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesPatchArguments(
    [property:
        Description(
            "A unified diff of one or more files, as 'git diff' or 'diff -u' write it, or a patch from '*** Begin Patch' to "
                + "'*** End Patch'. It may create, delete and rename files. Counts in the heads of hunks need not be right, and "
                + "'@@' without line numbers looks for its lines."
        ),
        MinLength(1)
    ]
        string Patch
);

/// <param name="Status">added, modified, deleted, renamed, copied, type_changed.</param>
internal sealed record PatchedFile(string Path, string? OldPath, string Status, int? Additions, int? Deletions);

internal sealed record FilesPatchResult(IReadOnlyList<PatchedFile> Files);

internal sealed class FilesPatch(WorkspaceQuota quota, SandboxAccount account, GitWorktrees worktrees, WorkspaceStore store)
    : Tool<FilesPatchArguments, FilesPatchResult>
{
    private const int MaxListBytes = 4 * 1024 * 1024;

    public override string Name => "files.patch";
    public override string Title => "Apply a patch";
    public override string Description =>
        "Applies a unified diff to the files of a workspace: all of it, or nothing. If it does not fit, the error "
        + "names the file, the hunk and the line that differs.";
    public override string Brief => "Applies a diff or *** Begin Patch: all or nothing.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer;

    protected override Listing Show(FilesPatchResult result) =>
        new(
            result.Files.Count == 0 ? "The patch changed nothing." : "",
            Listing.Lines(result.Files.Select(file => Shown.File(file.Path, file.OldPath, file.Status, file.Additions, file.Deletions))),
            (start, end) => result with { Files = [.. result.Files.Take(start..end)] }
        )
        {
            Noun = "files",
        };

    protected override async Task<FilesPatchResult> RunAsync(
        FilesPatchArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        WorkspaceFiles.CheckRoom(quota, workspace);
        var text = arguments.Patch.EndsWith('\n') ? arguments.Patch : arguments.Patch + "\n";
        var patch = EnvelopePatch.Is(text) ? EnvelopePatch.ToDiff(text, workspace) : PatchRepair.Repair(text, workspace);
        var files = UnifiedDiff.Read(patch);
        var prefixed = UnifiedDiff.HasPrefixes(files);
        var before = await store.SnapshotAsync(workspace, cancellationToken);
        account.Wrote(workspace);
        try
        {
            await worktrees.ApplyAsync(
                workspace,
                Encoding.UTF8.GetBytes(patch),
                prefixed ? 1 : 0,
                UnifiedDiff.LacksContext(files),
                cancellationToken
            );
        }
        catch (GitException exception)
        {
            throw new ToolException("patch_failed", PatchDiagnosis.Explain(files, prefixed, workspace.Folder, exception.Message));
        }
        var after = await store.SnapshotAsync(workspace, cancellationToken);
        var changes = await ChangedFiles.BetweenAsync(context.Clone, before.Tree, after.Tree, MaxListBytes, cancellationToken);
        return new(changes.ConvertAll(file => new PatchedFile(file.Path, file.OldPath, file.Status, file.Additions, file.Deletions)));
    }
}
