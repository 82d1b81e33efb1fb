using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesDeleteArguments(
    [property: Description("The file or folder, relative to the root of the repository."), MinLength(1)] string Path,
    [property: Description("Delete a folder with all in it.")] bool Recursive = false
);

/// <param name="Entries">How many files and folders are gone.</param>
internal sealed record FilesDeleteResult(string Path, long Entries);

internal sealed class FilesDelete(SandboxAccount account) : Tool<FilesDeleteArguments, FilesDeleteResult>
{
    public override string Name => "files.delete";
    public override string Title => "Delete a file";
    public override string Description =>
        "Deletes a file or a symbolic link (not what it leads to) in a workspace, or with 'recursive' a folder with all in it. "
        + "files.restore brings back what was committed.";
    public override string Brief => "Deletes a file, or a folder if recursive.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer;

    protected override void Check(FilesDeleteArguments arguments, ArgumentProblems problems) =>
        problems.Add("path", WorktreePath.EntryProblem(arguments.Path));

    protected override Listing Show(FilesDeleteResult result) =>
        Listing.Of($"Deleted {result.Path}{(result.Entries > 1 ? $", {result.Entries} files and folders" : "")}.", result);

    protected override async Task<FilesDeleteResult> RunAsync(
        FilesDeleteArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        var path = RepoPath.Normalize(arguments.Path);
        var (location, kind) = WorkspaceFiles.FindEntry(workspace, path);
        if (kind == FileKind.Missing)
        {
            throw WorkspaceFiles.Missing(path);
        }
        if (kind != FileKind.Folder)
        {
            File.Delete(location);
            return new(path, 1);
        }
        var entries = await Task.Run(() => FolderTree.Measure(location).Entries, cancellationToken);
        if (!arguments.Recursive && entries > 0)
        {
            throw new ToolException(
                ToolException.Refused,
                $"'{path}' is a folder with {entries} files and folders; recursive: true deletes all of it."
            );
        }
        account.Wrote(workspace);
        await Task.Run(() => FolderTree.Delete(location), cancellationToken);
        return new(path, entries + 1);
    }
}
