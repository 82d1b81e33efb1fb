using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitLogArguments(
    [property: Description("Only commits that changed this file or folder.")] string? Path = null,
    [property: Description("Only commits whose author's name or email contains this text."), StringLength(200)] string? Author = null,
    [property: Description("Only commits after this time: ISO 8601 such as '2025-01-31' (in UTC), or '2 weeks ago'."), StringLength(50)]
        string? Since = null,
    [property: Description("Only commits before this time, written the same way."), StringLength(50)] string? Until = null,
    [property: Description("How many commits to return at most."), Range(1, 10_000)] int MaxCount = 50
);

internal sealed record GitLogResult(IReadOnlyList<GitCommit> Commits);

internal sealed partial class GitLog : Tool<GitLogArguments, GitLogResult>
{
    private const int MaxBytes = 32 * 1024 * 1024;

    // Beyond this, a Git process that finds all by itself is faster than one that is asked for each commit.
    private const int MaxWalked = 200;

    public override string Name => "git.log";
    public override string Title => "Commit history";
    public override int Version => 2;
    public override string Description => "Lists commits, newest first, starting from the ref: by path, author and time.";
    public override string Brief => "Commits, newest first. since, until: 2025-01-31 or 2 weeks ago.";

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

    // What is beyond the first line of a message, git.show tells.
    protected override Listing Show(GitLogResult result) =>
        new(
            result.Commits.Count == 0 ? "No commits." : "",
            Listing.Lines(
                result.Commits.Select(commit =>
                    $"{Shown.Id(commit.Id)} {Shown.Day(commit.Date)} {commit.Author.Name}: {TextCut.End(commit.Subject, TextCut.Line)}"
                )
            ),
            (start, end) =>
                new
                {
                    commits = result
                        .Commits.Take(start..end)
                        .Select(commit => new
                        {
                            commit.Id,
                            commit.Author,
                            commit.Date,
                            subject = TextCut.End(commit.Subject, TextCut.Line),
                        }),
                }
        )
        {
            Noun = "commits",
        };

    protected override async Task<GitLogResult> RunAsync(
        GitLogArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var path = RepoPath.Normalize(arguments.Path) ?? "";
        var author = string.IsNullOrEmpty(arguments.Author) ? null : arguments.Author;
        if (
            path.Length == 0
            && arguments.MaxCount <= MaxWalked
            && !IsRelative(arguments.Since)
            && !IsRelative(arguments.Until)
            && await WalkAsync(
                new(context.Commit.Commit, arguments.MaxCount, author, Seconds(arguments.Since), Seconds(arguments.Until)),
                context,
                cancellationToken
            )
                is { } walked
        )
        {
            return new(walked);
        }
        List<string> command =
        [
            "log",
            "-z",
            GitCommits.Format,
            "--basic-regexp",
            $"--max-count={arguments.MaxCount.ToString(CultureInfo.InvariantCulture)}",
        ];
        AddIf(command, "--author=", author is null ? null : Special().Replace(author, @"\$0"));
        AddIf(command, "--since=", GitTime(arguments.Since));
        AddIf(command, "--until=", GitTime(arguments.Until));
        command.AddRange(["--end-of-options", context.Commit.Commit]);
        if (path.Length > 0)
        {
            command.AddRange(["--", path]);
        }

        var output = await context.Clone.GitAsync(command, MaxBytes, cancellationToken);
        if (output.Truncated)
        {
            throw new ToolException(
                ToolException.Unsupported,
                $"These commits have more than {MaxBytes >> 20} MiB of text. Ask for fewer with 'maxCount'."
            );
        }
        return new(Read(output.Text));
    }

    // Null where only Git itself can tell.
    private static async Task<List<GitCommit>?> WalkAsync(HistoryQuery question, ToolContext context, CancellationToken cancellationToken)
    {
        if (await context.Clone.ListCommitsAsync(question, cancellationToken) is not { } found)
        {
            return null;
        }
        var commits = found.Select(CommitText.Read).OfType<GitCommit>().ToList();
        return commits.Count == found.Count ? commits : null;
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
        string.IsNullOrEmpty(text) || IsRelative(text) || Time(text) is not null
            ? null
            : "Write a time as ISO 8601, such as '2025-01-31' or '2025-01-31T12:00:00Z', or as '2 weeks ago'.";

    // To Git, a day without an hour is that day at the present hour: another answer each time it is asked. And seconds
    // without a time zone are the present time, if they are few or many.
    private static string? GitTime(string? text) =>
        Seconds(text) is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"@{seconds} +0000") : text;

    private static long? Seconds(string? text) => Time(text) is { } time ? Math.Max(0, time.ToUnixTimeSeconds()) : null;

    private static DateTimeOffset? Time(string? text) =>
        text is not null
        && Iso().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static bool IsRelative(string? text) => text is { Length: > 0 } && Relative().IsMatch(text);

    // Git's own way to take a text literally is not quite that: it gives in to "\E".
    [GeneratedRegex(@"[.\[*^$\\]", RegexOptions.NonBacktracking)]
    private static partial Regex Special();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([T ]|$)", RegexOptions.NonBacktracking)]
    private static partial Regex Iso();

    [GeneratedRegex(
        @"^(\d{1,6}[ .](second|minute|hour|day|week|month|year)s?[ .]ago|yesterday|today|now)$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Relative();
}
