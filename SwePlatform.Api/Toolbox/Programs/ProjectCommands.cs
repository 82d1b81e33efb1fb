using System.Text.Json;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>The commands that build and test each kind of project. Tests leave their reports in <see cref="SandboxPlan.Results"/>.</summary>
internal static class ProjectCommands
{
    private const string JUnit = SandboxPlan.Results + "/junit.xml";

    private const int MaxPackageBytes = 1024 * 1024;

    public static IReadOnlyList<string> Build(FoundProject project, BranchWorkspace workspace, string? target) => project.Ecosystem switch
    {
        Ecosystem.Dotnet => ["dotnet", "build", .. Optional(target), "--nologo", "--verbosity", "minimal", "-nodeReuse:false"],
        Ecosystem.Rust => ["cargo", "build", "--message-format", "short", .. Offline(workspace), .. target is null ? [] : new[] { "--package", target }],
        Ecosystem.Go => ["go", "build", target ?? "./..."],
        Ecosystem.Java => [.. Java(project, workspace), .. IsGradle(project, workspace) ? [target ?? "assemble"] : new[] { target ?? "package", "-DskipTests" }],
        Ecosystem.Node => target is not null || Script(project, workspace, "build") is not null ? ["npm", "run", target ?? "build"]
            : throw new ToolException(ToolException.Unsupported, "package.json has no script 'build'. There may be nothing to build; project.test runs the tests."),
        _ => ["python3", "-m", "compileall", "-q", target ?? "."],
    };

    public static IReadOnlyList<string> Test(FoundProject project, BranchWorkspace workspace, string? filter, bool hasPytest) => project.Ecosystem switch
    {
        Ecosystem.Dotnet => TestingPlatform.Test(project, workspace, filter) ?? ["dotnet", "test", "--nologo", "--verbosity", "minimal", "-nodeReuse:false", "--logger", "trx", "--results-directory", SandboxPlan.Results,
            .. filter is null ? [] : new[] { "--filter", filter }],
        Ecosystem.Rust => ["cargo", "test", "--no-fail-fast", .. Offline(workspace), .. Optional(filter)],
        Ecosystem.Go => ["go", "test", "-json", .. filter is null ? [] : new[] { "-run", filter }, "./..."],
        Ecosystem.Java => IsGradle(project, workspace)
            ? [.. Java(project, workspace), "test", .. filter is null ? [] : new[] { "--tests", filter }]
            : [.. Java(project, workspace), "test", .. filter is null ? [] : new[] { $"-Dtest={filter}", "-Dsurefire.failIfNoSpecifiedTests=false" }],
        Ecosystem.Node => NodeTest(project, workspace, filter),
        _ => hasPytest
            ? ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", $"--junitxml={JUnit}", .. filter is null ? [] : new[] { "-k", filter }]
            : ["python3", "-m", "unittest", "discover", "-v", .. TestFolder(project, workspace), .. filter is null ? [] : new[] { "-k", filter }],
    };

    private static string[] NodeTest(FoundProject project, BranchWorkspace workspace, string? filter)
    {
        var script = Script(project, workspace, "test");
        string[] direct = ["node", "--test", "--test-reporter=junit", $"--test-reporter-destination={JUnit}", "--test-reporter=spec", "--test-reporter-destination=stdout",
            .. filter is null ? [] : new[] { $"--test-name-pattern={filter}" }];
        return script is null || script.Contains("no test specified", StringComparison.Ordinal) ? direct
            // Only what needs no shell to read.
            : script.StartsWith("node --test", StringComparison.Ordinal) && script.All(character => char.IsAsciiLetterOrDigit(character) || " -_./=@:".Contains(character, StringComparison.Ordinal))
                ? [.. direct, .. script.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2).Where(part => !part.StartsWith("--test-reporter", StringComparison.Ordinal))]
            : script.StartsWith("vitest", StringComparison.Ordinal)
                ? ["npx", "--no-install", "vitest", "run", "--reporter=default", "--reporter=junit", $"--outputFile.junit={JUnit}", .. filter is null ? [] : new[] { "-t", filter }]
            : script.StartsWith("mocha", StringComparison.Ordinal)
                ? ["npx", "--no-install", "mocha", "--reporter", "xunit", "--reporter-option", $"output={JUnit}", .. script.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1), .. filter is null ? [] : new[] { "--grep", filter }]
            : ["npm", "test", .. filter is null ? [] : new[] { "--", filter }];
    }

    private static string? Script(FoundProject project, BranchWorkspace workspace, string name)
    {
        var (file, _) = WorktreePath.Find(workspace.Folder, Path.Combine(project.Folder, "package.json"));
        if (file is null || new FileInfo(file) is not { Exists: true, Length: > 0 and < MaxPackageBytes })
        {
            return null;
        }
        try
        {
            using var package = JsonDocument.Parse(File.ReadAllBytes(file));
            return package.RootElement.TryGetProperty("scripts", out var scripts) && scripts.TryGetProperty(name, out var script) ? script.GetString()?.Trim() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ToolException(ToolException.Unsupported, "package.json cannot be read; is it valid JSON?");
        }
    }

    // unittest finds tests in folders only if they are packages.
    private static string[] TestFolder(FoundProject project, BranchWorkspace workspace)
    {
        var folder = Path.Combine(workspace.Folder, project.Folder, "tests");
        return Directory.Exists(folder) && new DirectoryInfo(folder).LinkTarget is null && !File.Exists(Path.Combine(folder, "__init__.py")) ? ["-s", "tests", "-t", "."] : [];
    }

    private static string[] Java(FoundProject project, BranchWorkspace workspace) =>
        !IsGradle(project, workspace) ? ["mvn", "--batch-mode", "--no-transfer-progress", .. workspace.AllowNetwork ? [] : new[] { "--offline" }]
        : [Exists(project, workspace, "gradlew") ? "./gradlew" : "gradle", "--no-daemon", "--console=plain", .. workspace.AllowNetwork ? [] : new[] { "--offline" }];

    private static bool IsGradle(FoundProject project, BranchWorkspace workspace) => !Exists(project, workspace, "pom.xml");

    private static bool Exists(FoundProject project, BranchWorkspace workspace, string file) => File.Exists(Path.Combine(workspace.Folder, project.Folder, file));

    private static string[] Offline(BranchWorkspace workspace) => workspace.AllowNetwork ? [] : ["--offline"];

    private static string[] Optional(string? value) => value is null ? [] : [value];
}
