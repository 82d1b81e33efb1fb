using System.IO.Enumeration;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>How projects of one kind are built and tested.</summary>
public enum Ecosystem
{
    Dotnet,
    Rust,
    Go,
    Java,
    Node,
    Python,
}

/// <summary>A folder with something to build.</summary>
/// <param name="Folder">Relative to the root; empty for the root itself.</param>
internal sealed record FoundProject(Ecosystem Ecosystem, string Folder)
{
    /// <summary>The nearest project of each other kind.</summary>
    public IReadOnlyList<OtherProject> Others { get; init; } = [];

    public IReadOnlyList<OtherProject>? OthersOrNull => Others.Count > 0 ? Others : null;

    public string NameOthers() =>
        Others.Count == 0 ? "" : " Other projects are here, to be chosen with 'ecosystem' and 'path': " + $"{string.Join(", ", Others)}.";
}

/// <summary>A project beside the one that was chosen.</summary>
internal sealed record OtherProject(Ecosystem Ecosystem, string Folder)
{
    public override string ToString() => $"{Ecosystem} in {(Folder.Length == 0 ? "the root" : $"'{Folder}'")}";
}

/// <summary>Recognizes projects by their files.</summary>
internal static class ProjectKind
{
    private const int MaxDepth = 4;
    private const int MaxFolders = 2000;

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

    // A program may have left folders that nobody can read.
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    private static readonly string[] Skipped = ["node_modules", "bin", "obj", "target", "build", "dist", "vendor", "venv"];

    /// <param name="path">Folder or project file; the whole repository if null.</param>
    /// <exception cref="ToolException">Nothing is there that this tool knows.</exception>
    public static FoundProject Find(Workspace workspace, string? path, Ecosystem? wanted)
    {
        var folder = RepoPath.Normalize(path);
        var (start, problem) = folder.Length == 0 ? (workspace.Folder, null) : Locate(workspace, folder);
        if (start is null)
        {
            throw new ToolException(ToolException.NotFound, problem!);
        }
        var found = Walk(start, MaxDepth)
            .Take(MaxFolders)
            .SelectMany(candidate => Recognize(workspace, candidate))
            .Where(project => wanted is null || project.Ecosystem == wanted)
            .DistinctBy(project => project.Ecosystem)
            .ToList();
        if (found.Count > 0)
        {
            return found[0] with { Others = [.. found.Skip(1).Select(project => new OtherProject(project.Ecosystem, project.Folder))] };
        }
        throw new ToolException(
            ToolException.Unsupported,
            "No project was recognized here. Known are .NET, Rust, Go, Java (Maven, Gradle), Node and Python; name the "
                + "folder with 'path', or use process.run."
        );
    }

    private static IEnumerable<FoundProject> Recognize(Workspace workspace, string candidate)
    {
        var folder = Path.GetRelativePath(workspace.Folder, candidate) is var relative && relative == "." ? "" : relative;
        // Read once: there are many patterns.
        var names = Names(candidate, "").Concat(Names(candidate, "test/")).Concat(Names(candidate, "tests/")).ToList();
        return Marks
            .Where(mark => mark.Patterns.Any(pattern => names.Exists(name => Matches(pattern, name))))
            .Select(mark => new FoundProject(mark.Ecosystem, folder))
            // Many a project of another kind has a package.json only for its tools.
            .OrderBy(project =>
                project.Ecosystem == Ecosystem.Node && names.Contains("package.json") && NodeCommands.HasNoScripts(folder, workspace)
            );
    }

    private static (string? Folder, string? Problem) Locate(Workspace workspace, string folder)
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
            level =
            [
                .. level
                    .SelectMany(folder => new DirectoryInfo(folder).EnumerateDirectories("*", Readable))
                    .Where(folder => folder.LinkTarget is null && folder.Name[0] != '.' && !Skipped.Contains(folder.Name))
                    .Select(folder => folder.FullName)
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    private static IEnumerable<string> Names(string folder, string below)
    {
        var parent = new DirectoryInfo(Path.Combine(folder, below.TrimEnd('/')));
        return below.Length > 0 && (!parent.Exists || parent.LinkTarget is not null)
            ? []
            : parent.EnumerateFiles("*", Readable).Select(file => below + file.Name);
    }

    private static bool Matches(string pattern, string name) =>
        Path.GetDirectoryName(pattern) == Path.GetDirectoryName(name)
        && FileSystemName.MatchesSimpleExpression(Path.GetFileName(pattern), Path.GetFileName(name), ignoreCase: false);
}
