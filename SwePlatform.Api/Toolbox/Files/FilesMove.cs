using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesMoveArguments(
    [property: Description("The file or folder, relative to the root of the repository."), MinLength(1)] string From,
    [property: Description("Its new path, with its name. Missing folders are made."), MinLength(1)] string To,
    [property: Description("Replace a file that is there already.")] bool Overwrite = false
);

internal sealed record FilesMoveResult(string From, string To, bool Replaced);

internal sealed class FilesMove(SandboxAccount account) : Tool<FilesMoveArguments, FilesMoveResult>
{
    public override string Name => "files.move";
    public override string Title => "Move a file";
    public override string Description =>
        "Moves or renames a file, a folder or a symbolic link in a workspace. What is at the new path stays, unless it is a file and "
        + "'overwrite' is true.";
    public override string Brief => "Moves or renames a file or folder.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer;

    protected override void Check(FilesMoveArguments arguments, ArgumentProblems problems)
    {
        problems.Add("from", WorktreePath.EntryProblem(arguments.From));
        problems.Add("to", WorktreePath.EntryProblem(arguments.To));
    }

    protected override Listing Show(FilesMoveResult result) => Listing.Of($"Moved {result.From} to {result.To}.", result);

    protected override Task<FilesMoveResult> RunAsync(
        FilesMoveArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        var (from, to) = (RepoPath.Normalize(arguments.From), RepoPath.Normalize(arguments.To));
        var (source, kind) = WorkspaceFiles.FindEntry(workspace, from);
        var (target, taken) = WorkspaceFiles.FindEntry(workspace, to);
        if (kind == FileKind.Missing)
        {
            throw WorkspaceFiles.Missing(from);
        }
        if (to == from || to.StartsWith(from + "/", StringComparison.Ordinal))
        {
            throw new ToolException(ToolException.Refused, $"'{to}' is '{from}', or in it.");
        }
        if (taken == FileKind.Folder)
        {
            throw new ToolException("exists", $"'{to}' is a folder; to move '{from}' into it, write its name, too.");
        }
        if (taken != FileKind.Missing && (!arguments.Overwrite || kind == FileKind.Folder))
        {
            throw new ToolException("exists", $"There is a file '{to}' already.");
        }
        account.Wrote(workspace);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        FileKinds.Rename(source, target);
        return Task.FromResult(new FilesMoveResult(from, to, taken != FileKind.Missing));
    }
}
