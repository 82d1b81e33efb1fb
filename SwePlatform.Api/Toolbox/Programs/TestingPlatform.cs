using System.Text.Json;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>The arguments of <c>dotnet test</c> for tests that run on Microsoft.Testing.Platform, which refuses those of VSTest.</summary>
internal static class TestingPlatform
{
    private const int MaxFiles = 2000;
    private const int MaxFileBytes = 1024 * 1024;

    private static readonly string[] Patterns = ["*.csproj", "*.fsproj", "*.vbproj", "Directory.*.props", "Directory.*.targets"];

    private static readonly EnumerationOptions NoLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        MaxRecursionDepth = 6,
    };

    /// <summary>The command, or null if the project does not use the platform.</summary>
    /// <exception cref="ToolException">It uses the platform, and nothing that writes a report.</exception>
    public static IReadOnlyList<string>? Test(FoundProject project, Workspace workspace, string? filter)
    {
        var byGlobal = Above(project, workspace).Any(folder => NamesRunner(new(Path.Combine(folder.FullName, "global.json"))));
        var files = Above(project, workspace)
            .SelectMany(folder => Patterns.SelectMany(pattern => folder.EnumerateFiles(pattern)))
            .Concat(
                Patterns.SelectMany(pattern =>
                    new DirectoryInfo(Path.Combine(workspace.Folder, project.Folder)).EnumerateFiles(pattern, NoLinks)
                )
            )
            .Take(MaxFiles)
            .Select(Read)
            .Where(text => text.Length > 0)
            .ToList();
        if (!byGlobal && !Any("<TestingPlatformDotnetTestSupport>true<"))
        {
            return null;
        }
        var report =
            Any("Microsoft.Testing.Extensions.TrxReport") || Any("MSTest") || Any("\"TUnit\"") ? "--report-trx"
            : Any("\"xunit.v3") ? "--report-xunit-trx"
            : throw new ToolException(
                ToolException.Unsupported,
                "The tests run on Microsoft.Testing.Platform and write no report. Reference the package "
                    + "Microsoft.Testing.Extensions.TrxReport in the test project, or run them with process.run."
            );
        string[] arguments =
        [
            "--results-directory",
            SandboxPlan.Results,
            report,
            .. filter is null ? [] : new[] { Any("\"TUnit\"") ? "--treenode-filter" : "--filter", filter },
        ];
        return byGlobal
            ? ["dotnet", "test", "--no-ansi", .. arguments]
            : ["dotnet", "test", "--nologo", "--verbosity", "minimal", "-nodeReuse:false", "--", .. arguments];

        bool Any(string text) => files.Any(file => file.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    // From the project's folder up to the workspace's: what MSBuild and the SDK read, too.
    private static IEnumerable<DirectoryInfo> Above(FoundProject project, Workspace workspace)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(workspace.Folder));
        for (
            var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(root, project.Folder))));
            folder is not null;
            folder = folder.Parent
        )
        {
            yield return folder;
            if (folder.FullName == root)
            {
                yield break;
            }
        }
    }

    private static bool NamesRunner(FileInfo file)
    {
        try
        {
            using var json = JsonDocument.Parse(
                Read(file) is { Length: > 0 } text ? text : "{}",
                new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("test", out var test)
                && test.ValueKind == JsonValueKind.Object
                && test.TryGetProperty("runner", out var runner)
                && runner.ValueKind == JsonValueKind.String
                && runner.GetString() == "Microsoft.Testing.Platform";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // What has no length is empty, or something to wait for without end, such as a pipe.
    private static string Read(FileInfo file) =>
        file.Exists && file.LinkTarget is null && file.Length is > 0 and <= MaxFileBytes && FileKinds.Of(file.FullName) == FileKind.Regular
            ? File.ReadAllText(file.FullName)
            : "";
}
