using System.Globalization;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitBranchesArguments;

internal sealed record GitBranch(string Name, string Commit, DateTimeOffset Date, string Subject, bool IsDefault);

internal sealed record GitTag(string Name, string Commit);

internal sealed record GitBranchesResult(IReadOnlyList<GitBranch> Branches, IReadOnlyList<GitTag> Tags, bool Truncated);

internal sealed class GitBranches : Tool<GitBranchesArguments, GitBranchesResult>
{
    private const int MaxRefs = 2000;
    private const int MaxBytes = 8 * 1024 * 1024;

    public override string Name => "git.branches";
    public override string Title => "Branches and tags";
    public override string Description => "Lists branches with their newest commits, last changed first, and tags, newest first.";

    // Branches move without any tree changing.
    public override ToolAnnotations Annotations => ToolAnnotations.Reader with { Cacheable = false };

    protected override async Task<GitBranchesResult> RunAsync(GitBranchesArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var count = string.Create(CultureInfo.InvariantCulture, $"--count={MaxRefs + 1}");
        var branches = context.GitAsync(["for-each-ref", count, "--sort=-committerdate", "--format=%(refname:lstrip=2)%00%(objectname)%00%(committerdate:iso-strict)%00%(contents:subject)%00%(HEAD)", "refs/heads"], MaxBytes, cancellationToken);
        var tags = context.GitAsync(["for-each-ref", count, "--sort=-creatordate", "--format=%(refname:lstrip=2)%00%(objectname)%00%(*objectname)", "refs/tags"], MaxBytes, cancellationToken);
        var (branchRows, tagRows) = (Rows((await branches).Text), Rows((await tags).Text));
        return new(
            [.. branchRows.Take(MaxRefs).Select(row => new GitBranch(row[0], row[1], DateTimeOffset.Parse(row[2], CultureInfo.InvariantCulture).ToUniversalTime(), row[3], row[4] == "*"))],
            // An annotated tag is an object of its own; what it points to is the commit.
            [.. tagRows.Take(MaxRefs).Select(row => new GitTag(row[0], row[2].Length > 0 ? row[2] : row[1]))],
            branchRows.Count > MaxRefs || tagRows.Count > MaxRefs);
    }

    private static List<string[]> Rows(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\0'))];
}
