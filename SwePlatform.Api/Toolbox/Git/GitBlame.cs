using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Toolbox.Deps;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Git;

internal sealed record GitBlameArguments(
    [property: Description("Path of the file, relative to the root of the repository."), MinLength(1)] string Path,
    [property: Description("First line, counted from 1."), Range(1, int.MaxValue)] int? StartLine = null,
    [property: Description("Last line."), Range(1, int.MaxValue)] int? EndLine = null
);

internal sealed record BlamedCommit(string Id, GitPerson Author, DateTimeOffset Date, string Subject);

/// <summary>Lines that follow each other and come from the same commit.</summary>
/// <param name="Commit">The commit's id; the table of commits has the rest.</param>
/// <param name="OriginalLine">Where the first of them was in that commit.</param>
/// <param name="OriginalPath">The file's path in that commit, if it was another.</param>
internal sealed record BlamedLines(int StartLine, int EndLine, string Commit, int OriginalLine, string? OriginalPath);

internal sealed record GitBlameResult(string Path, IReadOnlyList<BlamedLines> Lines, IReadOnlyList<BlamedCommit> Commits);

internal sealed class GitBlame : Tool<GitBlameArguments, GitBlameResult>
{
    private const int MaxBytes = 64 * 1024 * 1024;

    public override string Name => "git.blame";
    public override string Title => "Who changed what";
    public override int Version => 2;
    public override string Description =>
        "Says for each line of a file in which commit it was last changed. Of a workspace it reads what is committed.";
    public override string Brief => "Who changed each line last.";
    public override TimeSpan TimeLimit => TimeSpan.FromSeconds(60);

    protected override void Check(GitBlameArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", RepoPath.Problem(arguments.Path));
        problems.Add("endLine", arguments.EndLine < (arguments.StartLine ?? 1) ? "The last line is not before the first." : null);
    }

    protected override Task<string?> CacheScopeAsync(
        GitBlameArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>(context.Commit.Commit);

    protected override Listing Show(GitBlameResult result)
    {
        var commits = result.Commits.ToDictionary(commit => commit.Id);
        return new(
            result.Path,
            Listing.Lines(
                result.Lines.Select(lines =>
                    $"{lines.StartLine}-{lines.EndLine} {Shown.Id(lines.Commit)} {Shown.Day(commits[lines.Commit].Date)} "
                    + $"{commits[lines.Commit].Author.Name}: {TextCut.End(commits[lines.Commit].Subject, 100)}"
                )
            ),
            (start, end) =>
                result.Lines.Take(start..end).ToList() is var shown
                    ? new GitBlameResult(
                        result.Path,
                        shown,
                        [
                            .. shown
                                .Select(lines => lines.Commit)
                                .Distinct()
                                .Select(id => commits[id] with { Subject = TextCut.End(commits[id].Subject, 100) }),
                        ]
                    )
                    : result
        )
        {
            Advice = result.Lines.Count > 100 ? "startLine and endLine narrow it" : null,
        };
    }

    protected override async Task<GitBlameResult> RunAsync(
        GitBlameArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var path = RepoPath.Normalize(arguments.Path);
        var range = string.Create(CultureInfo.InvariantCulture, $"{arguments.StartLine ?? 1},{(arguments.EndLine is { } end ? end : "")}");
        GitOutput output;
        try
        {
            output = await context.Clone.GitAsync(
                ["blame", "--incremental", "-L", range, context.Commit.Commit, "--", path],
                MaxBytes,
                cancellationToken
            );
        }
        catch (GitException exception) when (exception.Message.Contains("no such path", StringComparison.Ordinal))
        {
            throw new ToolException(ToolException.NotFound, $"There is no file '{path}' in this commit.");
        }
        catch (GitException exception) when (exception.Message.Contains("has only", StringComparison.Ordinal))
        {
            throw new ToolException(ToolException.NotFound, $"'{path}' has fewer lines than that.");
        }
        return Read(path, output.Text);
    }

    // Groups of lines: "<id> <original line> <line> <count>", facts about the commit the first time it is named, and
    // at the end of each group "filename <path>".
    private static GitBlameResult Read(string path, string text)
    {
        var commits = new Dictionary<string, Dictionary<string, string>>();
        var lines = new List<BlamedLines>();
        string[] group = [];
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', 2);
            if (GitRef.IsFullId(words[0]) && line.Split(' ') is { Length: 4 } header)
            {
                group = header;
                commits.TryAdd(header[0], []);
            }
            else if (words[0] == "filename")
            {
                var (start, count) = (Number(group[2]), Number(group[3]));
                lines.Add(new(start, start + count - 1, group[0], Number(group[1]), words[1] == path ? null : words[1]));
            }
            else
            {
                commits[group[0]][words[0]] = words.Length > 1 ? words[1] : "";
            }
        }
        return new(path, [.. lines.OrderBy(line => line.StartLine)], [.. commits.Select(commit => Describe(commit.Key, commit.Value))]);
    }

    private static BlamedCommit Describe(string id, Dictionary<string, string> facts) =>
        new(
            id,
            new(facts["author"], facts["author-mail"].Trim('<', '>')),
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(facts["author-time"], CultureInfo.InvariantCulture)),
            facts.GetValueOrDefault("summary", "")
        );

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
