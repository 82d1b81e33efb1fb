using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesWriteArguments(
    [property: Description("Path of the file, relative to the root of the repository. Missing folders are made."), MinLength(1)]
        string Path,
    [property: Description("The whole text of the file, at most 1 MiB.")] string Content,
    [property: Description("Fail if the file exists already.")] bool CreateOnly = false
);

internal sealed record FilesWriteResult(string Path, bool Created, long Size);

internal sealed class FilesWrite(WorkspaceQuota quota, SandboxAccount account) : Tool<FilesWriteArguments, FilesWriteResult>
{
    private const int MaxBytes = 1024 * 1024;

    public override string Name => "files.write";
    public override string Title => "Write a file";
    public override string Description =>
        "Writes a whole text file in a workspace, or replaces it. To change a part of a file, use files.edit.";
    public override string Brief => "Writes a whole file.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer with { Idempotent = true };

    protected override void Check(FilesWriteArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", WorktreePath.Problem(arguments.Path));
        problems.Add(
            "content",
            Encoding.UTF8.GetByteCount(arguments.Content) > MaxBytes ? "A file that is written has at most 1 MiB." : null
        );
    }

    protected override Listing Show(FilesWriteResult result) =>
        Listing.Of($"{(result.Created ? "Created" : "Replaced")} {result.Path} ({result.Size} bytes).", result);

    protected override async Task<FilesWriteResult> RunAsync(
        FilesWriteArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        WorkspaceFiles.CheckRoom(quota, workspace);
        var path = RepoPath.Normalize(arguments.Path);
        var file = WorkspaceFiles.Find(workspace, path);
        var exists = File.Exists(file);
        if (exists && arguments.CreateOnly)
        {
            throw new ToolException("exists", $"There is a file '{path}' already.");
        }
        var bytes = Encoding.UTF8.GetBytes(arguments.Content);
        account.Wrote(workspace);
        await WorkspaceFiles.ReplaceAsync(file, bytes, exists, cancellationToken);
        return new(path, !exists, bytes.Length);
    }
}
