using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record TextEdit(
    [property: Description("The text to replace, exactly as it is in the file."), MinLength(1)] string OldText,
    [property: Description("What to put in its place.")] string NewText,
    [property: Description("Replace it wherever it is; otherwise it has to be there just once.")] bool ReplaceAll = false
);

internal sealed record FilesEditArguments(
    [property: Description("Path of the file, relative to the root of the repository."), MinLength(1)] string Path,
    [property: Description("Each works on what those before it left. All are made, or none."), MinLength(1), MaxLength(FilesEdit.MaxEdits)]
        IReadOnlyList<TextEdit> Edits
);

/// <param name="Lines">Where it was found, in the file as the edits before it left it; the first places of many.</param>
internal sealed record MadeEdit(int Replacements, IReadOnlyList<int> Lines);

internal sealed record FilesEditResult(string Path, IReadOnlyList<MadeEdit> Edits, long Size);

internal sealed class FilesEdit(WorkspaceQuota quota, SandboxAccount account) : Tool<FilesEditArguments, FilesEditResult>
{
    public const int MaxEdits = 200;

    private const int MaxBytes = 8 * 1024 * 1024;

    public override string Name => "files.edit";
    public override string Title => "Edit a file";
    public override string Description =>
        "Replaces exact pieces of text in a file of a workspace: all of the edits, or none. A text has to be there just once, unless "
        + "'replaceAll' is true. Ends of lines stay as they are in the file, whichever the edits have.";
    public override string Brief => "Replaces exact text: all edits or none. oldText is unique, or replaceAll.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer;

    protected override void Check(FilesEditArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", WorktreePath.Problem(arguments.Path));
        for (var index = 0; index < arguments.Edits.Count; index++)
        {
            var edit = arguments.Edits[index];
            problems.Add($"edits[{index}]", edit.OldText == edit.NewText ? "The old text and the new one are the same." : null);
        }
    }

    protected override Listing Show(FilesEditResult result) =>
        Listing.Of(
            $"Edited {result.Path}: "
                + string.Join(
                    "; ",
                    result.Edits.Select(edit =>
                        $"line {string.Join(", ", edit.Lines)}"
                        + (edit.Replacements > edit.Lines.Count ? $" … ({edit.Replacements} places)" : "")
                    )
                ),
            result
        );

    protected override async Task<FilesEditResult> RunAsync(
        FilesEditArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        WorkspaceFiles.CheckRoom(quota, workspace);
        var path = RepoPath.Normalize(arguments.Path);
        var file = WorkspaceFiles.Find(workspace, path);
        switch (FileKinds.OfEntry(file))
        {
            case FileKind.Missing:
                throw new ToolException(ToolException.NotFound, $"There is no '{path}' in this workspace; files.write makes it.");
            case not FileKind.Regular:
                throw new ToolException(ToolException.Unsupported, $"'{path}' is no regular file.");
            case FileKind.Regular when new FileInfo(file).Length > MaxBytes:
                throw new ToolException(ToolException.Unsupported, $"'{path}' has more than {MaxBytes >> 20} MiB.");
        }
        var text = EditedText.Read(await File.ReadAllBytesAsync(file, cancellationToken), path);
        var made = await Task.Run(
            () => arguments.Edits.Select((edit, index) => Apply(text, edit, index, arguments.Edits.Count)).ToList(),
            cancellationToken
        );
        var bytes = text.ToBytes();
        account.Wrote(workspace);
        await WorkspaceFiles.ReplaceAsync(file, bytes, exists: true, cancellationToken);
        return new(path, made, bytes.Length);

        MadeEdit Apply(EditedText content, TextEdit edit, int index, int count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return content.Replace(edit, MaxBytes)
                ?? throw new ToolException(
                    "edit_failed",
                    $"Nothing was changed: {(count > 1 ? $"edit {index + 1} of {count}: " : "")}{content.Explain(edit)}"
                );
        }
    }
}
