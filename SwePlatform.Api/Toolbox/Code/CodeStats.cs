using System.Collections.Concurrent;
using System.ComponentModel;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

internal sealed record CodeStatsArguments(
    [property: Description("Folder or file to count; the whole repository if absent.")] string? Path = null
);

internal sealed record LanguageStats(string Language, int Files, long Lines, long Blank, long Comment, long Code);

internal sealed record StatsTotal(int Files, long Lines, long Blank, long Comment, long Code);

/// <param name="Languages">By lines of code, most first.</param>
/// <param name="FilesNotCounted">Files of no language that is known here, and binary files.</param>
internal sealed record CodeStatsResult(IReadOnlyList<LanguageStats> Languages, StatsTotal Total, int FilesNotCounted);

internal sealed class CodeStats : Tool<CodeStatsArguments, CodeStatsResult>
{
    private const int ChunkFiles = 64;

    public override string Name => "code.stats";
    public override string Title => "Count code";
    public override int Version => 2;
    public override string Description =>
        "Counts files and lines by language: blank lines, comments and code. A line with both code and a comment is code.";
    public override string Brief => "Lines of code, comment and blank by language.";

    protected override void Check(CodeStatsArguments arguments, ArgumentProblems problems) =>
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);

    protected override Listing Show(CodeStatsResult result) =>
        new(
            Write(new("all", result.Total.Files, result.Total.Lines, result.Total.Blank, result.Total.Comment, result.Total.Code))
                + (result.FilesNotCounted > 0 ? $"; {result.FilesNotCounted} files not counted" : ""),
            Listing.Lines(result.Languages.Select(Write)),
            (start, end) => result with { Languages = [.. result.Languages.Take(start..end)] }
        )
        {
            Noun = "languages",
        };

    private static string Write(LanguageStats counts) =>
        $"{counts.Language}: {counts.Code} code, {counts.Comment} comment, {counts.Blank} blank in {counts.Files} files";

    protected override async Task<CodeStatsResult> RunAsync(
        CodeStatsArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(arguments.Path);
        var files = snapshot.Entries.Where(entry => filter.IsMatch(entry.Path)).ToList();
        if (files.Count == 0 && arguments.Path is not null)
        {
            throw new ToolException(ToolException.NotFound, $"There is nothing at '{arguments.Path}' in this commit.");
        }

        var counted = new ConcurrentBag<(string Language, LineCounts Lines)>();
        var scheduler = LongWork.Scheduler(files.Sum(file => (long)file.Length));
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            TaskScheduler = scheduler,
        };
        await Parallel.ForEachAsync(
            files.Chunk(ChunkFiles),
            parallel,
            (chunk, _) =>
            {
                foreach (var file in chunk)
                {
                    Count(file);
                }
                return ValueTask.CompletedTask;
            }
        );

        void Count(SnapshotEntry file)
        {
            var content = snapshot.Read(file);
            if (file.Kind == EntryKind.Text && Languages.Find(file.Path, content) is { } language)
            {
                counted.Add((language.Name, LineCounter.Count(content, language)));
            }
        }

        var languages = counted
            .GroupBy(file => file.Language)
            .Select(group => new LanguageStats(
                group.Key,
                group.Count(),
                group.Sum(file => (long)file.Lines.Total),
                group.Sum(file => (long)file.Lines.Blank),
                group.Sum(file => (long)file.Lines.Comment),
                group.Sum(file => (long)file.Lines.Code)
            ))
            .OrderByDescending(language => language.Code)
            .ThenBy(language => language.Language, StringComparer.Ordinal)
            .ToList();
        var total = new StatsTotal(
            languages.Sum(language => language.Files),
            languages.Sum(language => language.Lines),
            languages.Sum(language => language.Blank),
            languages.Sum(language => language.Comment),
            languages.Sum(language => language.Code)
        );
        return new(languages, total, files.Count - counted.Count);
    }
}
