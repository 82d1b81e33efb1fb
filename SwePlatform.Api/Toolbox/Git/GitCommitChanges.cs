using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitCommitArguments(
    [property:
        Description("The message: a short first line; if there is more to say, an empty line and the rest."),
        StringLength(64 * 1024, MinimumLength = 1)
    ]
        string Message,
    [property: Description("Author as 'Name <email>'; the caller if absent."), StringLength(320, MinimumLength = 3)] string? Author = null
);

internal sealed record GitCommitResult(
    string Commit,
    string Parent,
    string Branch,
    GitPerson Author,
    int FilesChanged,
    int Additions,
    int Deletions,
    IReadOnlyList<ChangedFile> Files
);

internal sealed partial class GitCommitChanges(WorkspaceStore store) : Tool<GitCommitArguments, GitCommitResult>
{
    private const int MaxListBytes = 16 * 1024 * 1024;
    private const int MaxFiles = 1000;

    public override string Name => "git.commit";
    public override string Title => "Commit";
    public override string Description =>
        "Commits everything that changed in a workspace, except what the repository ignores, on the workspace's branch. Hooks do not run.";
    public override string Brief => "Commits all changes.";
    public override ToolAnnotations Annotations => ToolAnnotations.Writer;

    protected override void Check(GitCommitArguments arguments, ArgumentProblems problems)
    {
        problems.Add(
            "message",
            arguments.Message.Trim().Length == 0 || arguments.Message.Contains('\0', StringComparison.Ordinal)
                ? "A message has words."
                : null
        );
        problems.Add("author", arguments.Author is { } author && !Author().IsMatch(author) ? "Write the author as 'Name <email>'." : null);
    }

    protected override Listing Show(GitCommitResult result) =>
        new(
            $"Committed {result.Commit} on {result.Branch}: {result.FilesChanged} files, +{result.Additions} -{result.Deletions}",
            Listing.Lines(result.Files.Select(Shown.File)),
            (start, end) => result with { Files = [.. result.Files.Take(start..end)] }
        )
        {
            Noun = "files",
        };

    protected override async Task<GitCommitResult> RunAsync(
        GitCommitArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var workspace = context.Workspace!;
        var actor = arguments.Author is null && context.FindActorAsync is { } find ? await find(cancellationToken) : null;
        var author = Identity(arguments.Author, actor);
        var commit =
            await store.CommitAsync(workspace, arguments.Message, author, cancellationToken)
            ?? throw new ToolException("nothing_to_commit", "The workspace has no changes to commit.");
        var files = await ChangedFiles.BetweenAsync(context.Clone, commit.Parent, commit.Id.Commit, MaxListBytes, cancellationToken);
        return new(
            commit.Id.Commit,
            commit.Parent,
            workspace.Branch,
            new(author.Name, author.Email),
            files.Count,
            files.Sum(file => file.Additions ?? 0),
            files.Sum(file => file.Deletions ?? 0),
            [.. files.Take(MaxFiles)]
        );
    }

    private static GitIdentity Identity(string? text, ToolActor? actor)
    {
        if (text is not null)
        {
            var match = Author().Match(text);
            return new(match.Groups["name"].Value.Trim(), match.Groups["email"].Value);
        }
        // Git drops these characters from names by itself, and then finds some names empty.
        var name = actor is null
            ? ""
            : string.Concat(actor.Name.Where(character => !char.IsControl(character) && character is not ('<' or '>'))).Trim();
        return actor is null ? new("SWE Platform", "swe-platform@localhost") : new(name.Length == 0 ? actor.Email : name, actor.Email);
    }

    [GeneratedRegex(@"^(?<name>[^<>\p{Cc}]*[\p{L}\p{N}][^<>\p{Cc}]*)<(?<email>[^<>\s]+@[^<>\s]+)>$")]
    private static partial Regex Author();
}
