using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>How projects of one kind are built and tested.</summary>
public enum Ecosystem { Dotnet, Rust, Go, Java, Node, Python }

/// <summary>A folder with something to build.</summary>
/// <param name="Folder">Relative to the root; empty for the root itself.</param>
internal sealed record FoundProject(Ecosystem Ecosystem, string Folder);

/// <summary>Recognises projects by their files.</summary>
internal static class ProjectKind
{
    private const int MaxDepth = 4;

    // The order decides where a folder has several: a .NET solution often has a package.json beside it.
    private static readonly (Ecosystem Ecosystem, string[] Patterns)[] Marks =
    [
        (Ecosystem.Dotnet, ["*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj"]),
        (Ecosystem.Rust, ["Cargo.toml"]),
        (Ecosystem.Go, ["go.mod"]),
        (Ecosystem.Java, ["pom.xml", "build.gradle", "build.gradle.kts"]),
        (Ecosystem.Node, ["package.json"]),
        (Ecosystem.Python, ["pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "pytest.ini", "requirements.txt"]),
        (Ecosystem.Python, ["test_*.py", "*_test.py", "tests/test_*.py"]),
        (Ecosystem.Node, ["*.test.js", "*.test.mjs", "test/*.js"]),
    ];

    private static readonly string[] Skipped = ["node_modules", "bin", "obj", "target", "build", "dist", "vendor", "venv"];

    /// <param name="path">Folder or project file; the whole repository if null.</param>
    /// <exception cref="ToolException">Nothing is there that this tool knows.</exception>
    public static FoundProject Find(BranchWorkspace workspace, string? path, Ecosystem? wanted)
    {
        var folder = RepoPath.Normalize(path);
        var (start, problem) = folder.Length == 0 ? (workspace.Folder, null) : Locate(workspace, folder);
        if (start is null)
        {
            throw new ToolException(ToolException.NotFound, problem!);
        }
        foreach (var candidate in Walk(start, MaxDepth))
        {
            var found = Marks.Where(mark => wanted is null || mark.Ecosystem == wanted).Where(mark => mark.Patterns.Any(pattern => Has(candidate, pattern)))
                .Select(mark => (Ecosystem?)mark.Ecosystem).FirstOrDefault();
            if (found is { } ecosystem)
            {
                return new(ecosystem, Path.GetRelativePath(workspace.Folder, candidate) is var relative && relative == "." ? "" : relative);
            }
        }
        throw new ToolException(ToolException.Unsupported,
            "No project was recognised here. Known are .NET, Rust, Go, Java (Maven, Gradle), Node and Python; name the folder with 'path', or use process.run.");
    }

    private static (string? Folder, string? Problem) Locate(BranchWorkspace workspace, string folder)
    {
        var (inside, problem) = WorktreePath.Find(workspace.Folder, folder + "/x");
        var located = inside is null ? null : Path.GetDirectoryName(inside);
        return located is not null && Directory.Exists(located) ? (located, null) : (null, problem ?? $"There is no folder '{folder}'.");
    }

    // Level by level: what is nearest to the root is meant.
    private static IEnumerable<string> Walk(string root, int depth)
    {
        var level = new List<string> { root };
        for (; depth > 0 && level.Count > 0; depth--)
        {
            foreach (var folder in level)
            {
                yield return folder;
            }
            level = [.. level.SelectMany(folder => new DirectoryInfo(folder).EnumerateDirectories())
                .Where(folder => folder.LinkTarget is null && folder.Name[0] != '.' && !Skipped.Contains(folder.Name))
                .Select(folder => folder.FullName).Order(StringComparer.Ordinal)];
        }
    }

    private static bool Has(string folder, string pattern)
    {
        var parent = pattern.Contains('/', StringComparison.Ordinal) ? Path.Combine(folder, Path.GetDirectoryName(pattern)!) : folder;
        return Directory.Exists(parent) && new DirectoryInfo(parent).LinkTarget is null && Directory.EnumerateFiles(parent, Path.GetFileName(pattern)).Any();
    }
}
