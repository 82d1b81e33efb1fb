using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

internal sealed record CodeDuplicatesArguments(
    [property: Description("Only files in this folder.")] string? Path = null,
    [property: Description("Only files that match one of these globs."), MaxLength(100)] IReadOnlyList<string>? Include = null,
    [property: Description("No files that match one of these globs."), MaxLength(100)] IReadOnlyList<string>? Exclude = null,
    [property: Description("How many lines with content must be the same."), Range(3, 1000)] int MinLines = 6,
    [property: Description("How many blocks to return at most."), Range(1, 1000)] int Limit = 50
);

internal sealed record DuplicateOccurrence(string Path, int StartLine, int EndLine);

/// <param name="Lines">Lines with content that are the same in every occurrence.</param>
internal sealed record DuplicateBlock(int Lines, IReadOnlyList<DuplicateOccurrence> Occurrences);

/// <param name="Duplicates">Those that repeat most lines first.</param>
internal sealed record CodeDuplicatesResult(IReadOnlyList<DuplicateBlock> Duplicates, int FilesCompared, bool Truncated);

internal sealed class CodeDuplicates : Tool<CodeDuplicatesArguments, CodeDuplicatesResult>
{
    // Places of one block that are shown: a license header is in every file.
    private const int MaxShown = 12;

    public override string Name => "code.duplicates";
    public override string Title => "Find duplicated code";
    public override string Description =>
        "Finds blocks of lines that occur more than once, whatever their indentation. Blank lines and lines without "
        + "a letter or digit do not count. Covers files of all languages that code.stats knows.";
    public override string Brief => "Blocks of lines that occur more than once.";
    public override TimeSpan TimeLimit => TimeSpan.FromSeconds(60);

    protected override void Check(CodeDuplicatesArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);
        PathFilter.Check("include", arguments.Include, problems);
        PathFilter.Check("exclude", arguments.Exclude, problems);
    }

    protected override Listing Show(CodeDuplicatesResult result) =>
        new(
            $"{result.Duplicates.Count} blocks in {result.FilesCompared} files",
            Listing.Lines(result.Duplicates.Select(Write)),
            (start, end) => result with { Duplicates = [.. result.Duplicates.Take(start..end).Select(Cut)] }
        )
        {
            Noun = "blocks",
            Advice = result.Truncated ? "There are more blocks: raise limit or minLines, or name a path" : null,
        };

    private static string Write(DuplicateBlock block) =>
        $"{block.Lines} lines: "
        + string.Join(", ", Cut(block).Occurrences.Select(place => $"{place.Path}:{place.StartLine}-{place.EndLine}"))
        + (block.Occurrences.Count > MaxShown ? $" and {block.Occurrences.Count - MaxShown} more" : "");

    private static DuplicateBlock Cut(DuplicateBlock block) => block with { Occurrences = [.. block.Occurrences.Take(MaxShown)] };

    protected override async Task<CodeDuplicatesResult> RunAsync(
        CodeDuplicatesArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(arguments.Path, arguments.Include, arguments.Exclude);
        var files = snapshot
            .Entries.Where(entry =>
                entry.Kind == EntryKind.Text && filter.IsMatch(entry.Path) && Languages.Find(entry.Path, default) is not null
            )
            .ToList();

        var blocks = await LongWork.RunAsync(
            files.Sum(file => (long)file.Length),
            () =>
            {
                var finder = new DuplicateFinder(arguments.MinLines);
                foreach (var file in files)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    finder.Add(file.Path, snapshot.Read(file));
                }
                return finder.Find(cancellationToken);
            },
            cancellationToken
        );
        var best = blocks
            .OrderByDescending(block => (long)block.Lines * (block.Occurrences.Count - 1))
            .ThenBy(block => block.Occurrences[0].Path, StringComparer.Ordinal)
            .ThenBy(block => block.Occurrences[0].StartLine)
            .ToList();
        return new(best.Count > arguments.Limit ? best[..arguments.Limit] : best, files.Count, best.Count > arguments.Limit);
    }
}
