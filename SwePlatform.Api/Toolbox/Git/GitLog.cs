using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitLogArguments(
    [property: Description("Only commits that changed this file or folder.")] string? Path = null,
    [property: Description("Only commits whose author's name or email contains this text."), StringLength(200)] string? Author = null,
    [property: Description("Only commits after this time: ISO 8601 such as '2025-01-31', or '2 weeks ago'."), StringLength(50)] string? Since = null,
    [property: Description("Only commits before this time, written the same way."), StringLength(50)] string? Until = null,
    [property: Description("How many commits to return at most."), Range(1, 10_000)] int MaxCount = 50);

internal sealed record GitLogResult(IReadOnlyList<GitCommit> Commits);

internal sealed partial class GitLog : Tool<GitLogArguments, GitLogResult>
{
    private const int MaxBytes = 32 * 1024 * 1024;

    // One commit after the other is asked for; beyond this, a Git process that finds all by itself is faster.
    private const int MaxWalked = 200;

    public override string Name => "git.log";
    public override string Title => "Commit history";
    public override string Description => "Lists commits, newest first, starting from the ref: by path, author and time.";

    protected override void Check(GitLogArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);
        problems.Add("author", arguments.Author?.Any(char.IsControl) == true ? "An author has no control characters." : null);
        problems.Add("since", TimeProblem(arguments.Since));
        problems.Add("until", TimeProblem(arguments.Until));
    }

    // "2 weeks ago" is another time tomorrow.
    protected override Task<string?> CacheScopeAsync(GitLogArguments arguments, ToolContext context, CancellationToken cancellationToken) =>
        Task.FromResult(IsRelative(arguments.Since) || IsRelative(arguments.Until) ? null : context.Commit.Commit);

    protected override async Task<GitLogResult> RunAsync(GitLogArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var everything = string.IsNullOrEmpty(arguments.Path) && string.IsNullOrEmpty(arguments.Author) && string.IsNullOrEmpty(arguments.Since) && string.IsNullOrEmpty(arguments.Until);
        if (everything && arguments.MaxCount <= MaxWalked && await WalkAsync(arguments.MaxCount, context, cancellationToken) is { } walked)
        {
            return new(walked);
        }
        List<string> command = ["log", "-z", GitCommits.Format, "--fixed-strings", $"--max-count={arguments.MaxCount.ToString(CultureInfo.InvariantCulture)}"];
        AddIf(command, "--author=", arguments.Author);
        AddIf(command, "--since=", arguments.Since);
        AddIf(command, "--until=", arguments.Until);
        command.AddRange(["--end-of-options", context.Commit.Commit]);
        if (RepoPath.Normalize(arguments.Path) is { Length: > 0 } path)
        {
            command.AddRange(["--", path]);
        }

        var output = await context.GitAsync(command, MaxBytes, cancellationToken);
        if (output.Truncated)
        {
            throw new ToolException(ToolException.Unsupported, $"These commits have more than {MaxBytes >> 20} MiB of text. Ask for fewer with 'maxCount'.");
        }
        return new(Read(output.Text));
    }

    // Null where only Git itself can tell.
    private static async Task<List<GitCommit>?> WalkAsync(int maxCount, ToolContext context, CancellationToken cancellationToken)
    {
        var commits = new List<GitCommit>();
        foreach (var found in await context.ListCommitsAsync(maxCount, cancellationToken) ?? [])
        {
            if (CommitText.Read(found) is not { } commit)
            {
                return null;
            }
            commits.Add(commit);
        }
        return commits.Count == 0 ? null : commits;
    }

    private static List<GitCommit> Read(string text)
    {
        // Each commit is its fields, the last ended too, and then the separator that -z puts between commits.
        var fields = text.Split('\0');
        var commits = new List<GitCommit>();
        for (var start = 0; start + GitCommits.Fields <= fields.Length && fields[start].Length > 0; start += GitCommits.Fields + 1)
        {
            commits.Add(GitCommits.Read(fields.AsSpan(start, GitCommits.Fields)));
        }
        return commits;
    }

    private static void AddIf(List<string> command, string option, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            command.Add(option + value);
        }
    }

    // Git takes any text for a time, and understands "now" where it understands nothing.
    private static string? TimeProblem(string? text) =>
        string.IsNullOrEmpty(text) || Relative().IsMatch(text) || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? null : "Write a time as ISO 8601, such as '2025-01-31' or '2025-01-31T12:00:00Z', or as '2 weeks ago'.";

    private static bool IsRelative(string? text) => text is { Length: > 0 } && Relative().IsMatch(text);

    [GeneratedRegex(@"^(\d{1,6}[ .](second|minute|hour|day|week|month|year)s?[ .]ago|yesterday|today|now)$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Relative();
}
