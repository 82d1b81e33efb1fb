using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// The commands that build and test each kind of project. Tests leave their reports in <see cref="SandboxPlan.Results"/>.
/// </summary>
internal static class ProjectCommands
{
    private const string JUnit = SandboxPlan.Results + "/junit.xml";

    public static IReadOnlyList<string> Build(FoundProject project, Workspace workspace, string? target) =>
        project.Ecosystem switch
        {
            Ecosystem.Dotnet => ["dotnet", "build", .. Optional(target), "--nologo", "--verbosity", "minimal", "-nodeReuse:false"],
            Ecosystem.Rust =>
            [
                "cargo",
                "build",
                "--message-format",
                "short",
                .. Offline(workspace),
                .. target is null ? [] : new[] { "--package", target },
            ],
            Ecosystem.Go => ["go", "build", target ?? "./..."],
            Ecosystem.Java =>
            [
                .. Java(project, workspace),
                .. IsGradle(project, workspace) ? [target ?? "assemble"] : new[] { target ?? "package", "-DskipTests" },
            ],
            Ecosystem.Node => NodeCommands.Build(project, workspace, target),
            _ => ["python3", "-m", "compileall", "-q", target ?? "."],
        };

    public static IReadOnlyList<string> Test(FoundProject project, Workspace workspace, string? filter, string? pytest) =>
        project.Ecosystem switch
        {
            Ecosystem.Dotnet => TestingPlatform.Test(project, workspace, filter)
                ??
                [
                    "dotnet",
                    "test",
                    "--nologo",
                    "--verbosity",
                    "minimal",
                    "-nodeReuse:false",
                    "--logger",
                    "trx",
                    "--results-directory",
                    SandboxPlan.Results,
                    .. filter is null ? [] : new[] { "--filter", filter },
                ],
            Ecosystem.Rust => ["cargo", "test", "--no-fail-fast", "--message-format", "short", .. Offline(workspace), .. Optional(filter)],
            Ecosystem.Go => ["go", "test", "-json", .. filter is null ? [] : new[] { "-run", filter }, "./..."],
            Ecosystem.Java => IsGradle(project, workspace)
                // What is up to date would not be run, and leave no report.
                ? [.. Java(project, workspace), "cleanTest", "test", .. filter is null ? [] : new[] { "--tests", filter }]
                :
                [
                    .. Java(project, workspace),
                    "test",
                    .. filter is null ? [] : new[] { $"-Dtest={filter}", "-Dsurefire.failIfNoSpecifiedTests=false" },
                ],
            Ecosystem.Node => NodeCommands.Test(project, workspace, filter),
            _ => pytest is not null
                ?
                [
                    pytest,
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:cacheprovider",
                    $"--junitxml={JUnit}",
                    .. filter is null ? [] : new[] { "-k", filter },
                ]
                :
                [
                    "python3",
                    "-m",
                    "unittest",
                    "discover",
                    "-v",
                    .. TestFolder(project, workspace),
                    .. filter is null ? [] : new[] { "-k", filter },
                ],
        };

    /// <summary>
    /// Where a project keeps its packages below <c>src</c>, they are found only once it is installed; without an environment
    /// of its own it is not, so the folder is put on the search path.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? TestEnvironment(FoundProject project, Workspace workspace, string? pytest)
    {
        var source = Path.Combine(workspace.Folder, project.Folder, "src");
        var installed = pytest?.Contains("venv/", StringComparison.Ordinal) == true;
        return
            project.Ecosystem == Ecosystem.Python
            && !installed
            && Directory.Exists(source)
            && new DirectoryInfo(source).LinkTarget is null
            && !File.Exists(Path.Combine(source, "__init__.py"))
            ? new Dictionary<string, string> { ["PYTHONPATH"] = "src" }
            : null;
    }

    // unittest looks into folders only if they are packages; the root stays on the search path all the same.
    private static string[] TestFolder(FoundProject project, Workspace workspace)
    {
        var folder = Path.Combine(workspace.Folder, project.Folder, "tests");
        return Directory.Exists(folder) && new DirectoryInfo(folder).LinkTarget is null && !File.Exists(Path.Combine(folder, "__init__.py"))
            ? ["-s", "tests"]
            : [];
    }

    private static string[] Java(FoundProject project, Workspace workspace) =>
        !IsGradle(project, workspace)
            ?
            [
                .. Program(project, workspace, "mvn", "mvnw", ".m2/wrapper"),
                "--batch-mode",
                "--no-transfer-progress",
                "-Dstyle.color=never",
                .. Offline(workspace),
            ]
            :
            [
                .. Program(project, workspace, "gradle", "gradlew", ".gradle/wrapper"),
                "--no-daemon",
                "--console=plain",
                .. Offline(workspace),
            ];

    // A wrapper loads the version that the project wants: with network, or once it has done so.
    private static string[] Program(FoundProject project, Workspace workspace, string installed, string wrapper, string loaded) =>
        Exists(project, workspace, wrapper) && (workspace.AllowNetwork || Directory.Exists(Path.Combine(workspace.Home(), loaded)))
            ? ["sh", "./" + wrapper]
            : [installed];

    private static bool IsGradle(FoundProject project, Workspace workspace) => !Exists(project, workspace, "pom.xml");

    private static bool Exists(FoundProject project, Workspace workspace, string file) =>
        File.Exists(Path.Combine(workspace.Folder, project.Folder, file));

    private static string[] Offline(Workspace workspace) => workspace.AllowNetwork ? [] : ["--offline"];

    private static string[] Optional(string? value) => value is null ? [] : [value];
}
