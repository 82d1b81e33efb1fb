using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitShowArguments(
    [property: Description("The commit: an id, a branch, a tag, or one of these with ~n."), StringLength(255, MinimumLength = 1)]
        string Commit
);

/// <param name="Patch">The change as a unified diff.</param>
/// <param name="PatchTruncated">Whether the diff is longer, and only its beginning is here.</param>
internal sealed record GitShowResult(
    string Id,
    IReadOnlyList<string> Parents,
    GitPerson Author,
    DateTimeOffset Date,
    GitPerson Committer,
    DateTimeOffset CommittedAt,
    string Subject,
    string Body,
    IReadOnlyList<ChangedFile> Files,
    string Patch,
    bool PatchTruncated
);

internal sealed class GitShow : Tool<GitShowArguments, GitShowResult>
{
    private const int MaxPatchBytes = 512 * 1024;
    private const int MaxSubject = 500;
    private const int MaxBody = 2000;

    public override string Name => "git.show";
    public override string Title => "Show a commit";
    public override string Description =>
        "Shows one commit: who, when, why, the files it changed, and the patch (its first 512 KiB). A merge is "
        + "compared with its first parent.";
    public override string Brief => "A commit: message, files, patch.";

    // A commit is named by an id, a branch or a tag; "HEAD" alone depends on the ref.
    public override bool ReadsRef => false;

    protected override void Check(GitShowArguments arguments, ArgumentProblems problems) =>
        problems.Add("commit", GitRef.Problem(arguments.Commit));

    // A branch is another commit after the next sync.
    protected override async Task<string?> CacheScopeAsync(
        GitShowArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    ) => (await context.Clone.ResolveAsync(arguments.Commit, cancellationToken))?.Commit;

    protected override Listing Show(GitShowResult result)
    {
        var diff = new DiffLines(result.Files, result.Patch, result.PatchTruncated);
        var (subject, body) = (TextCut.End(result.Subject, MaxSubject), TextCut.End(result.Body, MaxBody));
        return diff.Show(
            $"commit {result.Id}\n{result.Author.Name} <{result.Author.Email}> {Shown.Time(result.Date)}\n{subject}"
                + (body.Length == 0 ? "" : $"\n\n{body}\n"),
            (files, patch) =>
                new
                {
                    result.Id,
                    result.Parents,
                    result.Author,
                    result.Date,
                    subject,
                    body,
                    files,
                    patch,
                    result.PatchTruncated,
                }
        );
    }

    protected override async Task<GitShowResult> RunAsync(
        GitShowArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var found =
            await context.Clone.FindCommitAsync(arguments.Commit, cancellationToken)
            ?? throw new ToolException(ToolException.NotFound, $"There is no commit '{arguments.Commit}' in this repository.");
        var parent = found.Parents is [var first, ..] ? await context.Clone.FindCommitAsync(first, cancellationToken) : null;
        var commit = CommitText.Read(found) ?? await GitCommits.ReadAsync(context, found.Id, cancellationToken);
        try
        {
            var changes = await context.Clone.CompareAsync(
                new(parent?.Tree ?? TreeComparison.EmptyTreeLike(found.Tree), found.Tree, MaxPatchBytes),
                cancellationToken
            );
            return new(
                commit.Id,
                commit.Parents,
                commit.Author,
                commit.Date,
                commit.Committer,
                commit.CommittedAt,
                commit.Subject,
                commit.Body,
                ChangedFiles.Read(changes.Fields),
                changes.Patch,
                changes.PatchTruncated
            );
        }
        catch (TooManyDifferencesException)
        {
            throw new ToolException(ToolException.Unsupported, "This commit changes more files than can be listed.");
        }
    }
}
