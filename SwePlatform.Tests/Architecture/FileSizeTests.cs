using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Architecture;

/// <summary>Files that can be read at a glance, and lines that fit a screen.</summary>
public sealed class FileSizeTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 140;

    private static readonly string[] BuildFolders = ["bin", "obj"];

    // Made by "dotnet ef".
    private const string Migrations = "SwePlatform.Api/Data/Migrations/";

    private static IEnumerable<(string Path, string[] Lines)> Sources(params string[] extensions) =>
        from project in Directory.EnumerateDirectories(SourceTree.Root, "SwePlatform.*")
        from file in Files(project)
        where extensions.Contains(Path.GetExtension(file))
        let path = Path.GetRelativePath(SourceTree.Root, file).Replace('\\', '/')
        where !path.StartsWith(Migrations, StringComparison.Ordinal)
        select (path, File.ReadAllLines(file));

    [Fact]
    public void No_file_has_more_than_400_lines()
    {
        var sources = Sources(".cs", ".razor", ".css", ".js").ToList();

        // Otherwise nothing was looked at.
        Assert.True(sources.Count > 500, $"Only {sources.Count} files were found.");
        Assert.Empty(
            sources.Where(source => source.Lines.Length > MaxLines).Select(source => $"{source.Path}: {source.Lines.Length} lines")
        );
    }

    [Fact]
    public void No_line_has_more_than_140_characters() =>
        Assert.Empty(
            from source in Sources(".cs", ".razor")
            from line in source.Lines.Index()
            where line.Item.Length > MaxColumns
            select $"{source.Path}:{line.Index + 1} has {line.Item.Length} characters"
        );

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder)
            .Concat(
                Directory.EnumerateDirectories(folder).Where(below => !BuildFolders.Contains(Path.GetFileName(below))).SelectMany(Files)
            );
}
