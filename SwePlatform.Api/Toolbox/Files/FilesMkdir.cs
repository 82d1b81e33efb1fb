using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesMkdirArguments(
    [property: Description("The folder, relative to the root of the repository. Those that it is in are made, too."), MinLength(1)]
        string Path
);

/// <param name="Created">Whether it was not there before.</param>
/// <param name="InGit">Whether something is in it: an empty folder is in no commit, and no tool that reads sees it.</param>
internal sealed record FilesMkdirResult(string Path, bool Created, bool InGit);

internal sealed class FilesMkdir(WorkspaceQuota quota, SandboxAccount account) : Tool<FilesMkdirArguments, FilesMkdirResult>
{
    public override string Name => "files.mkdir";
    public override string Title => "Make a folder";
    public override string Description =>
        "Makes a folder in a workspace, for programs that want it to be there. Git keeps no empty folders: until there is a file in it, "
        + "it is in no commit, and tools that read do not see it. files.write makes the folders that it needs.";
    public override string Brief => "Makes a folder.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer with { Idempotent = true };

    protected override void Check(FilesMkdirArguments arguments, ArgumentProblems problems) =>
        problems.Add("path", WorktreePath.EntryProblem(arguments.Path));

    protected override Listing Show(FilesMkdirResult result) =>
        Listing.Of(
            $"{(result.Created ? "Made" : "There is already")} {result.Path}/."
                + (result.InGit ? "" : " It is empty, and Git keeps no empty folders."),
            result
        );

    protected override Task<FilesMkdirResult> RunAsync(
        FilesMkdirArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        WorkspaceFiles.CheckRoom(quota, workspace);
        var path = RepoPath.Normalize(arguments.Path);
        var (location, kind) = WorkspaceFiles.FindEntry(workspace, path);
        if (kind is not (FileKind.Missing or FileKind.Folder))
        {
            throw new ToolException("exists", $"'{path}' is there already, and is no folder.");
        }
        account.Wrote(workspace);
        Directory.CreateDirectory(location);
        return Task.FromResult(new FilesMkdirResult(path, kind == FileKind.Missing, Directory.EnumerateFileSystemEntries(location).Any()));
    }
}
