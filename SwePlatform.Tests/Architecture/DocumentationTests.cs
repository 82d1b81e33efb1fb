using System.Text.RegularExpressions;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Architecture;

public sealed partial class DocumentationTests
{
    // A path is written from the root of the repository, or from that of a project.
    private static readonly string[] Bases =
    [
        "",
        "docs",
        .. Directory.GetDirectories(SourceTree.Root, "SwePlatform.*").Select(folder => Path.GetFileName(folder)),
    ];

    [Fact]
    public void Every_file_that_the_documentation_names_is_there()
    {
        var documents = Directory
            .GetFiles(SourceTree.Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(SourceTree.Root, "docs"), "*.md"));
        var named = documents
            .SelectMany(document =>
                NamedFile().Matches(File.ReadAllText(document)).Select(match => (document, Path: match.Groups[1].Value))
            )
            .ToList();

        var missing = named.Where(name => !Bases.Any(root => File.Exists(Path.Combine(SourceTree.Root, root, name.Path))));

        Assert.True(named.Count > 30, $"Only {named.Count} files are named.");
        Assert.Empty(missing.Select(name => $"{Path.GetFileName(name.document)}: {name.Path}"));
    }

    [GeneratedRegex(@"`((?:[\w.-]+/)+[\w.-]+\.(?:cs|razor|sh|sql|conf|yml|md|csproj))`")]
    private static partial Regex NamedFile();
}
