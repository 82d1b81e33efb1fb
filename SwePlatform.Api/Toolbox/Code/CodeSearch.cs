using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Infrastructure.Concurrency;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Code;

internal sealed record CodeSearchArguments(
    [property:
        Description("Text to find, or a regular expression if 'regex' is true. Matches are within one line."),
        StringLength(1000, MinimumLength = 1)
    ]
        string Query,
    [property: Description(
        "Read 'query' as a regular expression (.NET syntax without lookarounds and back-references, so that it cannot run away)."
    )]
        bool Regex = false,
    [property: Description("Tell upper from lower case.")] bool CaseSensitive = true,
    [property: Description("Only files that match one of these globs: '*.cs' in any folder, 'src/**/*.ts' by path."), MaxLength(100)]
        IReadOnlyList<string>? Include = null,
    [property: Description("No files that match one of these globs."), MaxLength(100)] IReadOnlyList<string>? Exclude = null,
    [property: Description("How many lines before and after each match to return."), Range(0, 20)] int Context = 0,
    [property: Description("How many matching lines to return at most."), Range(1, 100_000)] int MaxMatches = 1000
);

/// <summary>A line that matches.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Where the first match in the line begins: counted from 1, in bytes of UTF-8, as Git counts.</param>
/// <param name="Length">How long that match is, in bytes of UTF-8.</param>
/// <param name="Text">The line, without what ends it.</param>
/// <param name="TextTruncated">Present if the line is longer than 64 KiB, and only its beginning is here.</param>
/// <param name="Before">Lines before it, nearest last.</param>
/// <param name="After">Lines after it, nearest first.</param>
internal sealed record CodeMatch(
    string Path,
    int Line,
    int Column,
    int Length,
    string Text,
    bool? TextTruncated,
    IReadOnlyList<string>? Before,
    IReadOnlyList<string>? After
);

/// <param name="FilesSearched">How many text files were looked into.</param>
/// <param name="FilesSkipped">How many were not, because they are too large.</param>
/// <param name="Truncated">Whether there are more matches than were returned.</param>
internal sealed record CodeSearchResult(IReadOnlyList<CodeMatch> Matches, int FilesSearched, int FilesSkipped, bool Truncated);

internal sealed class CodeSearch : Tool<CodeSearchArguments, CodeSearchResult>
{
    // Enough files at a time that handing them out costs nothing, few enough that no worker is left with a long tail.
    private const int BatchBytes = 256 * 1024;
    private const int MaxTextBytes = 8 * 1024 * 1024;

    public override string Name => "code.search";
    public override string Title => "Search code";
    public override string Description =>
        "Finds lines that contain a text or match a regular expression, ordered by path and line. Binary files are "
        + "left out; a line is cut after 64 KiB, and all together after 8 MiB.";
    public override string Brief => "Lines with a text or regex. Globs: *.cs, src/**/*.ts.";

    protected override void Check(CodeSearchArguments arguments, ArgumentProblems problems)
    {
        problems.Add("query", LineMatcher.Problem(arguments));
        PathFilter.Check("include", arguments.Include, problems);
        PathFilter.Check("exclude", arguments.Exclude, problems);
    }

    protected override Listing Show(CodeSearchResult result) =>
        new(
            result.Matches.Count == 0 ? $"No matches in {result.FilesSearched} files." : "",
            SearchLines.Of(result.Matches),
            (start, end) => result with { Matches = [.. result.Matches.Take(start..end).Select(SearchLines.Cut)] }
        )
        {
            Noun = "matches",
            Advice =
                result.Truncated ? "There are more matches: raise maxMatches, or narrow the query, include or exclude"
                : result.FilesSkipped > 0 ? $"{result.FilesSkipped} files were too large to search"
                : null,
        };

    protected override async Task<CodeSearchResult> RunAsync(
        CodeSearchArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(include: arguments.Include, exclude: arguments.Exclude);
        var chosen = snapshot.Entries.Where(entry => filter.IsMatch(entry.Path)).ToList();
        var files = chosen.Where(entry => entry.Kind == EntryKind.Text).ToList();
        var skipped = chosen.Count(entry => entry.Kind == EntryKind.TooLarge);

        var search = new Search(snapshot, files, arguments, cancellationToken);
        var workers = Math.Min(Environment.ProcessorCount, search.BatchCount);
        await Task.WhenAll(
            Enumerable
                .Range(0, workers)
                .Select(async _ =>
                {
                    using var matcher = search.NewMatcher();
                    await LongWork.RunAsync(time => search.Work(matcher, time), cancellationToken);
                })
        );
        return search.Collect(skipped);
    }

    /// <summary>
    /// One search by several workers. Batches are taken in order, so once those taken hold enough matches, what is
    /// returned is exactly the first ones, and the rest need not be searched.
    /// </summary>
    private sealed class Search(
        Snapshot snapshot,
        List<SnapshotEntry> files,
        CodeSearchArguments arguments,
        CancellationToken cancellationToken
    )
    {
        private readonly List<(int Start, int End)> _batches = Divide(files);
        private readonly List<CodeMatch>?[] _found = new List<CodeMatch>[files.Count];
        private readonly Func<LineMatcher> _newMatcher = LineMatcher.Prepare(arguments, cancellationToken);
        private int _nextBatch = -1;
        private int _matches;
        private int _textBytes;
        private int _searched;

        public int BatchCount => _batches.Count;

        private bool IsFull => Volatile.Read(ref _matches) > arguments.MaxMatches || Volatile.Read(ref _textBytes) > MaxTextBytes;

        public LineMatcher NewMatcher() => _newMatcher();

        /// <summary>Searches until its processor time is used up.</summary>
        /// <returns>Whether nothing is left to search.</returns>
        public bool Work(LineMatcher matcher, TimeSpan atMost)
        {
            var started = ThreadTime.Now();
            int batch;
            while (!IsFull && (batch = Interlocked.Increment(ref _nextBatch)) < _batches.Count)
            {
                for (var index = _batches[batch].Start; index < _batches[batch].End; index++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    SearchFile(matcher, index);
                }
                if (ThreadTime.Now() - started > atMost)
                {
                    return false;
                }
            }
            return true;
        }

        private void SearchFile(LineMatcher matcher, int index)
        {
            // One more than is wanted tells whether there are more.
            var found = new MatchCollector(files[index].Path, arguments.Context, arguments.MaxMatches + 1, MaxTextBytes);
            matcher.Find(snapshot.Read(files[index]), found);
            Interlocked.Increment(ref _searched);
            if (found.Matches is { } matches)
            {
                _found[index] = matches;
                Interlocked.Add(ref _matches, matches.Count);
                Interlocked.Add(ref _textBytes, found.TextBytes);
            }
        }

        public CodeSearchResult Collect(int skipped)
        {
            var matches = new List<CodeMatch>(Math.Min(_matches, arguments.MaxMatches));
            var bytes = 0;
            foreach (var match in _found.Where(found => found is not null).SelectMany(found => found!))
            {
                bytes += match.Text.Length;
                if (matches.Count == arguments.MaxMatches || bytes > MaxTextBytes)
                {
                    return new(matches, _searched, skipped, true);
                }
                matches.Add(match);
            }
            return new(matches, _searched, skipped, false);
        }

        private static List<(int, int)> Divide(List<SnapshotEntry> files)
        {
            var batches = new List<(int, int)>();
            long bytes = 0;
            var start = 0;
            for (var index = 0; index < files.Count; index++)
            {
                bytes += files[index].Length;
                if (bytes >= BatchBytes)
                {
                    batches.Add((start, index + 1));
                    (start, bytes) = (index + 1, 0);
                }
            }
            if (start < files.Count)
            {
                batches.Add((start, files.Count));
            }
            return batches;
        }
    }
}
