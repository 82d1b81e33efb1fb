using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitDiffArguments(
    [property:
        Description(
            "What to compare with: a branch, a tag or a commit. If absent: in a workspace its own commit, which shows "
                + "what is not committed; else the parent of the ref."
        ),
        StringLength(255, MinimumLength = 1)
    ]
        string? Base = null,
    [property: Description("Only this file or folder.")] string? Path = null,
    [property: Description("How many unchanged lines to show around each change."), Range(0, 100)] int ContextLines = 3
);

/// <param name="Base">The commit that was compared with.</param>
/// <param name="Patch">The change as a unified diff.</param>
/// <param name="PatchTruncated">Whether the diff is longer, and only its beginning is here.</param>
internal sealed record GitDiffResult(string Base, IReadOnlyList<ChangedFile> Files, string Patch, bool PatchTruncated);

internal sealed class GitDiff : Tool<GitDiffArguments, GitDiffResult>
{
    private const int MaxPatchBytes = 512 * 1024;

    public override string Name => "git.diff";
    public override string Title => "Compare commits";
    public override string Description =>
        "Shows what changed from a base to the ref, or to the files of a workspace as they are now: the files, and "
        + "the patch (its first 512 KiB).";
    public override string Brief => "Changes since base (default: the commit before).";

    protected override void Check(GitDiffArguments arguments, ArgumentProblems problems)
    {
        problems.Add("base", arguments.Base is { } name ? GitRef.Problem(name) : null);
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);
    }

    protected override async Task<string?> CacheScopeAsync(
        GitDiffArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    ) => await FindBaseAsync(arguments, context, cancellationToken) is { } found ? $"{found.Commit} {context.Commit.Tree}" : null;

    protected override Listing Show(GitDiffResult result) =>
        new DiffLines(result.Files, result.Patch, result.PatchTruncated).Show(
            result.Files.Count == 0 ? "No differences." : $"base {result.Base}",
            (files, patch) => result with { Files = files, Patch = patch }
        );

    protected override async Task<GitDiffResult> RunAsync(
        GitDiffArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var found =
            await FindBaseAsync(arguments, context, cancellationToken)
            ?? throw new ToolException(
                ToolException.NotFound,
                arguments.Base is null ? "Name a 'base' to compare with." : $"There is no commit '{arguments.Base}' in this repository."
            );
        try
        {
            // Trees, not commits: those of a workspace are on no commit yet.
            var changes = await context.Clone.CompareAsync(
                new(found.Tree, context.Commit.Tree, MaxPatchBytes, RepoPath.Normalize(arguments.Path), arguments.ContextLines),
                cancellationToken
            );
            return new(found.Commit, ChangedFiles.Read(changes.Fields), changes.Patch, changes.PatchTruncated);
        }
        catch (TooManyDifferencesException)
        {
            throw new ToolException(ToolException.Unsupported, "More files changed than can be listed. Narrow it with 'path'.");
        }
    }

    private static async Task<CommitId?> FindBaseAsync(
        GitDiffArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    ) =>
        arguments.Base switch
        {
            { } name => await context.Clone.ResolveAsync(name, cancellationToken),
            null when context.Workspace is not null => await context.Clone.ResolveAsync(context.Commit.Commit, cancellationToken),
            null => await context.Clone.ResolveAsync($"{context.Commit.Commit}^", cancellationToken),
        };
}
