using System.Globalization;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitBranchesArguments;

internal sealed record GitBranch(string Name, string Commit, DateTimeOffset Date, string Subject, bool IsDefault);

internal sealed record GitTag(string Name, string Commit);

internal sealed record GitBranchesResult(IReadOnlyList<GitBranch> Branches, IReadOnlyList<GitTag> Tags, bool Truncated);

internal sealed class GitBranches : Tool<GitBranchesArguments, GitBranchesResult>
{
    private const int MaxRefs = 2000;
    private const int MaxListBytes = 8 * 1024 * 1024;

    public override string Name => "git.branches";
    public override string Title => "Branches and tags";
    public override string Description => "Lists branches with their newest commits, last changed first, and tags, newest first.";
    public override string Brief => "Branches and tags.";
    public override bool ReadsRef => false;

    // Branches move without any tree changing.
    public override ToolAnnotations Annotations => ToolAnnotations.Reader with { Cacheable = false };

    protected override Listing Show(GitBranchesResult result)
    {
        var branches = result.Branches.Count;
        return new(
            $"{branches} branches, {result.Tags.Count} tags",
            [
                .. result.Branches.Select(branch => new ListingItem(
                    $"{(branch.IsDefault ? "* " : "")}{branch.Name} {Shown.Id(branch.Commit)} {Shown.Day(branch.Date)} "
                        + TextCut.End(branch.Subject, 100)
                )),
                .. result.Tags.Select(tag => new ListingItem($"tag {tag.Name} {Shown.Id(tag.Commit)}")),
            ],
            (start, end) =>
                result with
                {
                    Branches =
                    [
                        .. result.Branches.Take(start..end).Select(branch => branch with { Subject = TextCut.End(branch.Subject, 100) }),
                    ],
                    Tags = [.. result.Tags.Take(Math.Max(0, start - branches)..Math.Max(0, end - branches))],
                }
        )
        {
            Noun = "branches and tags",
            Advice = result.Truncated ? "There are more; those changed last are here" : null,
        };
    }

    protected override async Task<GitBranchesResult> RunAsync(
        GitBranchesArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var list = context.Clone.ListReferences();
        var (branches, tags) = (
            list.References.Where(Below(References.Branches)).ToList(),
            list.References.Where(Below(References.Tags)).ToList()
        );
        var newestBranches = await NewestAsync(
            branches,
            "committer "u8.ToArray(),
            ("committerdate", "refs/heads"),
            context,
            cancellationToken
        );
        var newestTags = await NewestAsync(tags, "tagger "u8.ToArray(), ("creatordate", "refs/tags"), context, cancellationToken);

        var result = new List<GitBranch>();
        foreach (var (reference, commit, time) in newestBranches.Where(item => item.Object is not null))
        {
            var subject = (CommitText.Read(commit!) ?? await GitCommits.ReadAsync(context, reference.Id, cancellationToken)).Subject;
            result.Add(
                new(
                    reference.Name[References.Branches.Length..],
                    reference.Id,
                    DateTimeOffset.FromUnixTimeSeconds(time),
                    subject,
                    reference.Name == list.Head
                )
            );
        }
        var commits = await context.Clone.ReadObjectsAsync(
            newestTags.ConvertAll(item => item.Object?.IsAnnotatedTag == true ? $"{item.Reference.Id}^{{}}" : item.Reference.Id),
            cancellationToken
        );
        return new(
            result,
            [
                .. newestTags.Zip(
                    commits,
                    (item, commit) => new GitTag(item.Reference.Name[References.Tags.Length..], commit?.Id ?? item.Reference.Id)
                ),
            ],
            branches.Count > MaxRefs || tags.Count > MaxRefs
        );
    }

    private static async Task<List<(Reference Reference, GitObject? Object, long Time)>> NewestAsync(
        List<Reference> references,
        byte[] signature,
        (string Order, string Below) query,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        if (references.Count > MaxRefs)
        {
            // Only Git can find the newest without reading them all into this process.
            var output = await context.Clone.GitAsync(
                [
                    "for-each-ref",
                    string.Create(CultureInfo.InvariantCulture, $"--count={MaxRefs}"),
                    $"--sort=-{query.Order}",
                    "--format=%(objectname) %(refname)",
                    query.Below,
                ],
                MaxListBytes,
                cancellationToken
            );
            references =
            [
                .. output
                    .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => line.Split(' ', 2))
                    .Select(parts => new Reference(parts[1], parts[0])),
            ];
        }
        var objects = await context.Clone.ReadObjectsAsync(references.ConvertAll(reference => reference.Id), cancellationToken);
        return
        [
            .. references
                .Zip(objects, (reference, found) => (reference, found, Time: found?.Signature(signature)?.Time ?? found?.CommittedAt ?? 0))
                .OrderByDescending(item => item.Time)
                .ThenBy(item => item.reference.Name, StringComparer.Ordinal)
                .Take(MaxRefs),
        ];
    }

    private static Func<Reference, bool> Below(string prefix) => reference => reference.Name.StartsWith(prefix, StringComparison.Ordinal);
}
