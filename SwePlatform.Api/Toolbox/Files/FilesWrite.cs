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
        "Writes a whole text file in a workspace, or replaces it. To change a part of a file, use files.patch.";
    public override string Brief => "Writes a whole file. For a part: files_patch.";
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
        if (quota.Problem(workspace) is { } full)
        {
            throw new ToolException(ToolException.Full, full);
        }
        var path = RepoPath.Normalize(arguments.Path);
        var (file, problem) = WorktreePath.Find(workspace.Folder, path);
        if (file is null)
        {
            throw new ToolException(ToolException.Refused, problem!);
        }
        var exists = File.Exists(file);
        if (exists && arguments.CreateOnly)
        {
            throw new ToolException("exists", $"There is a file '{path}' already.");
        }
        var bytes = Encoding.UTF8.GetBytes(arguments.Content);
        account.Wrote(workspace);
        await ReplaceAsync(file, bytes, exists, cancellationToken);
        return new(path, !exists, bytes.Length);
    }

    // Beside the file, then in its place: never half of it, never through a link, never into a second name of it.
    private static async Task ReplaceAsync(string file, byte[] content, bool exists, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = Path.Combine(Path.GetDirectoryName(file)!, $".swe-{Guid.CreateVersion7():N}");
        try
        {
            await File.WriteAllBytesAsync(temporary, content, cancellationToken);
            if (exists && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(file) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
