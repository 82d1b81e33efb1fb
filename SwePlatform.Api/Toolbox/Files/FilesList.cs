using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Toolbox.Files;

internal sealed record FilesListArguments(
    [property: Description("Folder to list, with all below it; the whole repository if absent.")] string? Path = null,
    [property: Description("Glob that paths must match, such as '*.cs' (any folder) or 'src/**/*.cs'.")] string? Glob = null,
    [property: Description("How many files to return at most."), Range(1, 100_000)] int Limit = 1000
);

internal sealed record ListedFile(string Path, long Size);

internal sealed record FilesListResult(IReadOnlyList<ListedFile> Files, bool Truncated);

internal sealed class FilesList : Tool<FilesListArguments, FilesListResult>
{
    public override string Name => "files.list";
    public override string Title => "List files";
    public override string Description => "Lists the files of a commit with their sizes in bytes, ordered by path.";
    public override string Brief => "Files with their sizes.";

    protected override void Check(FilesListArguments arguments, ArgumentProblems problems)
    {
        problems.Add("path", arguments.Path is { } path ? RepoPath.Problem(path) : null);
        problems.Add("glob", arguments.Glob is { } glob ? PathGlob.Problem(glob) : null);
    }

    protected override Listing Show(FilesListResult result) =>
        new(
            result.Files.Count == 0 ? "No files." : "",
            Listing.Lines(result.Files.Select(file => $"{file.Path} {file.Size}")),
            (start, end) => result with { Files = [.. result.Files.Take(start..end)] }
        )
        {
            Noun = "files",
            Advice = result.Truncated ? "There are more files: raise limit, or narrow path or glob" : null,
        };

    protected override async Task<FilesListResult> RunAsync(
        FilesListArguments arguments,
        ToolContext context,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await context.OpenSnapshotAsync(cancellationToken);
        var filter = new PathFilter(arguments.Path, arguments.Glob is { } glob ? [glob] : null);
        var files = snapshot
            .Entries.Where(entry => entry.Kind != EntryKind.Submodule && filter.IsMatch(entry.Path))
            .Take(arguments.Limit + 1)
            .Select(entry => new ListedFile(entry.Path, entry.Size))
            .ToList();
        return files.Count > arguments.Limit ? new(files[..arguments.Limit], true) : new(files, false);
    }
}
