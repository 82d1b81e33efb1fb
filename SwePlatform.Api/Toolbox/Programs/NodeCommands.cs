using System.Text.Json;
using System.Text.RegularExpressions;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>
/// The commands of Node projects. A project's own script is run by npm wherever there is one, with what comes before
/// and after it; a known runner at its end is told to write a report as well.
/// </summary>
internal static partial class NodeCommands
{
    private const string JUnit = SandboxPlan.Results + "/junit.xml";

    private const int MaxPackageBytes = 1024 * 1024;

    public static IReadOnlyList<string> Build(FoundProject project, Workspace workspace, string? target) =>
        target is not null || Script(project.Folder, workspace, "build") is not null
            ? ["npm", "run", target ?? "build"]
            : throw new ToolException(
                ToolException.Unsupported,
                "package.json has no script 'build'. There may be nothing to build; project.test runs the tests." + project.NameOthers()
            );

    public static IReadOnlyList<string> Test(FoundProject project, Workspace workspace, string? filter)
    {
        var script = TestScript(project.Folder, workspace);
        string[] direct =
        [
            "node",
            "--test",
            "--test-reporter=junit",
            $"--test-reporter-destination={JUnit}",
            "--test-reporter=spec",
            "--test-reporter-destination=stdout",
            .. Filter("--test-name-pattern=", filter),
        ];
        return script is null ? direct
            // Only what needs no shell to read.
            : script.StartsWith("node --test", StringComparison.Ordinal)
            && script.All(character => char.IsAsciiLetterOrDigit(character) || " -_./=@:".Contains(character, StringComparison.Ordinal))
                ?
                [
                    .. direct,
                    .. script
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Skip(2)
                        .Where(part => !part.StartsWith("--test-reporter", StringComparison.Ordinal)),
                ]
            : Runner().Match(script).Groups["name"].Value switch
            {
                "jest" or "react-scripts" =>
                [
                    "npm",
                    "test",
                    "--",
                    "--json",
                    $"--outputFile={SandboxPlan.Results}/jest.json",
                    .. filter is null ? [] : new[] { "-t", filter },
                ],
                "vitest" =>
                [
                    "npm",
                    "test",
                    "--",
                    "--run",
                    "--reporter=default",
                    "--reporter=junit",
                    $"--outputFile.junit={JUnit}",
                    .. filter is null ? [] : new[] { "-t", filter },
                ],
                "mocha" =>
                [
                    "npm",
                    "test",
                    "--",
                    "--reporter",
                    "xunit",
                    "--reporter-option",
                    $"output={JUnit}",
                    .. filter is null ? [] : new[] { "--grep", filter },
                ],
                // Options after the files would be the files' own: Node takes them from its environment.
                _ when script.Contains("--test", StringComparison.Ordinal) =>
                [
                    "env",
                    $"NODE_OPTIONS=--test-reporter=junit --test-reporter-destination={JUnit} --test-reporter=spec "
                        + "--test-reporter-destination=stdout",
                    "npm",
                    "test",
                    .. filter is null ? [] : new[] { "--", filter },
                ],
                _ => ["npm", "test", .. filter is null ? [] : new[] { "--", filter }],
            };
    }

    /// <summary>Whether npm could neither build nor test here.</summary>
    public static bool HasNoScripts(string folder, Workspace workspace)
    {
        try
        {
            return TestScript(folder, workspace) is null && Script(folder, workspace, "build") is null;
        }
        catch (ToolException)
        {
            return true;
        }
    }

    /// <summary>The script that tests, or null if there is none but the one that <c>npm init</c> writes.</summary>
    private static string? TestScript(string folder, Workspace workspace) =>
        Script(folder, workspace, "test") is { } script && !script.Contains("no test specified", StringComparison.Ordinal) ? script : null;

    private static string? Script(string folder, Workspace workspace, string name) =>
        Read(
            folder,
            workspace,
            package =>
                package.TryGetProperty("scripts", out var scripts) && scripts.TryGetProperty(name, out var script)
                    ? script.GetString()?.Trim()
                    : null
        );

    /// <summary>What is to be done before anything can be run, or null.</summary>
    public static string? MissingDependencies(FoundProject project, Workspace workspace)
    {
        var declares =
            Read(
                project.Folder,
                workspace,
                package => package.TryGetProperty("dependencies", out _) || package.TryGetProperty("devDependencies", out _) ? "" : null
            )
            is not null;
        for (var folder = project.Folder; declares; folder = Path.GetDirectoryName(folder) ?? "")
        {
            if (Directory.Exists(Path.Combine(workspace.Folder, folder, "node_modules")))
            {
                return null;
            }
            if (folder.Length == 0)
            {
                return "The packages of this Node project are not installed: there is no folder node_modules. Run [\"npm\", \"ci\"] "
                    + "or [\"npm\", \"install\"] with process.run"
                    + (
                        workspace.AllowNetwork
                            ? "."
                            : "; that needs the network, which the project's setting 'allowNetwork' opens for its programs."
                    );
            }
        }
        return null;
    }

    private static string[] Filter(string option, string? filter) => filter is null ? [] : [option + filter];

    private static string? Read(string folder, Workspace workspace, Func<JsonElement, string?> select)
    {
        var (file, _) = WorktreePath.Find(workspace.Folder, Path.Combine(folder, "package.json"));
        if (
            file is null
            || FileKinds.Of(file) != FileKind.Regular
            || new FileInfo(file) is not { Exists: true, Length: > 0 and < MaxPackageBytes }
        )
        {
            return null;
        }
        try
        {
            using var package = JsonDocument.Parse(File.ReadAllBytes(file));
            return select(package.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ToolException(ToolException.Unsupported, "package.json cannot be read; is it valid JSON?");
        }
    }

    // The last command of the script: npm puts further arguments at its end.
    [GeneratedRegex(
        @"(?:^|&&|;)\s*(?:(?:\w+=\S*|cross-env|npx|yarn|pnpm|exec|node)\s+)*(?:[\w@.-]*/)*"
            + @"(?<name>jest|react-scripts|vitest|mocha)(?:\.m?js)?(?![\w-])[^|&;<>]*$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Runner();
}
