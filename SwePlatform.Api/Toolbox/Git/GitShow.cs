using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitShowArguments(
    [property: Description("The commit: an id, a branch, a tag, or one of these with ~n."), StringLength(255, MinimumLength = 1)] string Commit);

/// <param name="Status">added, modified, deleted, renamed, copied, type_changed.</param>
/// <param name="Additions">Lines added; null for a binary file.</param>
/// <param name="Deletions">Lines removed; null for a binary file.</param>
internal sealed record ChangedFile(string Path, string? OldPath, string Status, int? Additions, int? Deletions);

/// <param name="Patch">The change as a unified diff.</param>
/// <param name="PatchTruncated">Whether the diff is longer, and only its beginning is here.</param>
internal sealed record GitShowResult(
    string Id, IReadOnlyList<string> Parents, GitPerson Author, DateTimeOffset Date, GitPerson Committer, DateTimeOffset CommittedAt,
    string Subject, string Body, IReadOnlyList<ChangedFile> Files, string Patch, bool PatchTruncated);

internal sealed class GitShow : Tool<GitShowArguments, GitShowResult>
{
    private const int MaxListBytes = 16 * 1024 * 1024;
    private const int MaxPatchBytes = 512 * 1024;

    public override string Name => "git.show";
    public override string Title => "Show a commit";
    public override string Description => "Shows one commit: who, when, why, the files it changed, and the patch (its first 512 KiB). A merge is compared with its first parent.";

    protected override void Check(GitShowArguments arguments, ArgumentProblems problems) => problems.Add("commit", GitRef.Problem(arguments.Commit));

    // A branch is another commit after the next sync.
    protected override async Task<string?> CacheScopeAsync(GitShowArguments arguments, ToolContext context, CancellationToken cancellationToken) =>
        (await context.ResolveAsync(arguments.Commit, cancellationToken))?.Commit;

    protected override async Task<GitShowResult> RunAsync(GitShowArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var id = (await context.ResolveAsync(arguments.Commit, cancellationToken))?.Commit
            ?? throw new ToolException(ToolException.NotFound, $"There is no commit '{arguments.Commit}' in this repository.");
        string[] common = ["show", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--diff-merges=first-parent"];

        var facts = context.GitAsync([.. common, "-z", "--raw", "--numstat", "--no-abbrev", GitCommits.Format, "--end-of-options", id], MaxListBytes, cancellationToken);
        var patch = context.GitAsync([.. common, "--patch", "--format=format:", "--end-of-options", id], MaxPatchBytes, cancellationToken);
        var (listed, diff) = (await facts, await patch);
        if (listed.Truncated)
        {
            throw new ToolException(ToolException.Unsupported, "This commit changes more files than can be listed.");
        }

        var fields = listed.Text.Split('\0');
        var commit = GitCommits.Read(fields.AsSpan(0, GitCommits.Fields));
        return new(commit.Id, commit.Parents, commit.Author, commit.Date, commit.Committer, commit.CommittedAt, commit.Subject, commit.Body,
            ReadFiles(fields.AsSpan(GitCommits.Fields)), diff.Text, diff.Truncated);
    }

    // First every file as ":<mode> <mode> <id> <id> <status>", path, and for renames the new path; then every file
    // again as "<added>\t<removed>\t<path>", or for renames with an empty path and the two paths after it.
    internal static List<ChangedFile> ReadFiles(ReadOnlySpan<string> fields)
    {
        var files = new List<ChangedFile>();
        var counted = 0;
        for (var index = 0; index < fields.Length; index++)
        {
            var field = fields[index].TrimStart('\n');
            if (field.StartsWith(':'))
            {
                var status = field[(field.LastIndexOf(' ') + 1)..];
                var moved = status[0] is 'R' or 'C';
                files.Add(new(fields[index + (moved ? 2 : 1)], moved ? fields[index + 1] : null, Describe(status[0]), null, null));
                index += moved ? 2 : 1;
            }
            else if (field.Split('\t', 3) is [var added, var removed, var path] && counted < files.Count)
            {
                files[counted] = files[counted] with { Additions = Count(added), Deletions = Count(removed) };
                counted++;
                index += path.Length == 0 ? 2 : 0;
            }
        }
        return files;
    }

    private static int? Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static string Describe(char status) => status switch
    {
        'A' => "added",
        'D' => "deleted",
        'R' => "renamed",
        'C' => "copied",
        'T' => "type_changed",
        _ => "modified",
    };
}
