using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

internal sealed record CodeHotspotsArguments(
    [property: Description("Only files in this folder.")] string? Path = null,
    [property: Description("How many days back to count changes, from the ref's own date."), Range(1, 36500)] int Days = 365,
    [property: Description("How many files to return at most."), Range(1, 1000)] int Limit = 50
);

/// <param name="Commits">Commits that changed the file in that time.</param>
/// <param name="Authors">How many people made them.</param>
/// <param name="Lines">Lines of the file now.</param>
/// <param name="Score">Commits times lines, relative to the file with the most: 1 is the hottest.</param>
internal sealed record Hotspot(string Path, int Commits, int Authors, int Lines, double Score);

internal sealed record CodeHotspotsResult(IReadOnlyList<Hotspot> Files, int CommitsRead, DateTimeOffset Since);

internal sealed class CodeHotspots : Tool<CodeHotspotsArguments, CodeHotspotsResult>
{
    private const int MaxBytes = 128 * 1024 * 1024;

    public override string Name => "code.hotspots";
    public override string Title => "Find hotspots";
    public override string Description =>
        "Finds the files that are both large and often changed, where work on quality pays most: commits in the last "
        + "days times lines now. Merges are not counted.";
    public override string Brief => "Large files that change often.";
    public override TimeSpan TimeLimit => TimeSpan.FromSeconds(60);

    protected override void Check(CodeHotspotsArguments arguments, ArgumentProblems problems) =>
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);

    protected override Task<string?> CacheScopeAsync(
        CodeHotspotsArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>($"{context.Commit.Commit} {context.Commit.Tree}");

    protected override Listing Show(CodeHotspotsResult result) =>
        new(
            $"{result.CommitsRead} commits since {Shown.Day(result.Since)}",
            Listing.Lines(result.Files.Select(file => $"{file.Path}: {file.Commits} commits x {file.Lines} lines, {file.Authors} authors")),
            (start, end) => result with { Files = [.. result.Files.Take(start..end)] }
        )
        {
            Noun = "files",
        };

    protected override async Task<CodeHotspotsResult> RunAsync(
        CodeHotspotsArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var head = await context.Clone.GitAsync(["log", "-1", "--format=%cI", context.Commit.Commit], 1024, cancellationToken);
        var since = DateTimeOffset.Parse(head.Text.Trim(), CultureInfo.InvariantCulture).ToUniversalTime().AddDays(-arguments.Days);
        List<string> command =
        [
            "log",
            "-z",
            "--no-merges",
            "--no-renames",
            "--name-only",
            "--format=format:%x01%ae",
            $"--since={since:O}",
            context.Commit.Commit,
        ];
        if (RepoPath.Normalize(arguments.Path) is { Length: > 0 } path)
        {
            command.AddRange(["--", path]);
        }
        var log = await context.Clone.GitAsync(command, MaxBytes, cancellationToken);
        if (log.Truncated)
        {
            throw new ToolException(
                ToolException.Unsupported,
                "This history is too long to read at once. Ask for fewer days, or a folder."
            );
        }

        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var (changes, commits) = Count(log.Text);
        var files = changes
            .Select(change => (change.Value, Entry: snapshot.Find(change.Key)))
            .Where(file => file.Entry is { Kind: EntryKind.Text })
            .Select(file => new Hotspot(
                file.Entry!.Path,
                file.Value.Commits,
                file.Value.Authors.Count,
                snapshot.Read(file.Entry).Count((byte)'\n'),
                0
            ))
            .OrderByDescending(file => (long)file.Commits * file.Lines)
            .ThenBy(file => file.Path, StringComparer.Ordinal)
            .Take(arguments.Limit)
            .ToList();
        var hottest = files.Count == 0 ? 1 : Math.Max(1, (double)files[0].Commits * files[0].Lines);
        return new(
            [.. files.Select(file => file with { Score = Math.Round(file.Commits * (double)file.Lines / hottest, 4) })],
            commits,
            since
        );
    }

    // "\x01<author>\n<path>\0<path>\0...", commits separated by NUL.
    private static (Dictionary<string, (int Commits, HashSet<string> Authors)> Changes, int Commits) Count(string log)
    {
        var changes = new Dictionary<string, (int Commits, HashSet<string> Authors)>(StringComparer.Ordinal);
        var commits = log.Split('\u0001', StringSplitOptions.RemoveEmptyEntries);
        foreach (var commit in commits)
        {
            var parts = commit.Split(['\n', '\0'], StringSplitOptions.RemoveEmptyEntries);
            foreach (var path in parts.Skip(1))
            {
                var known = changes.TryGetValue(path, out var change) ? change : (Commits: 0, Authors: new HashSet<string>());
                known.Authors.Add(parts[0]);
                changes[path] = (known.Commits + 1, known.Authors);
            }
        }
        return (changes, commits.Length);
    }
}
