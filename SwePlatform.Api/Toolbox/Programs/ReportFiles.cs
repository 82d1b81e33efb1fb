using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Finds the reports that a test run left. It was free to leave anything: links are not followed.</summary>
internal static class ReportFiles
{
    // Of all reports of a run together.
    private const long MaxBytes = 64L * 1024 * 1024;
    private const long MaxOutputBytes = 16L * 1024 * 1024;
    private const int MaxFiles = 5000;

    private static readonly EnumerationOptions NoLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        MaxRecursionDepth = 12,
    };

    /// <param name="since">Reports in the workspace that are older are those of another run.</param>
    public static TestReport? Read(
        FoundProject project,
        Workspace workspace,
        string results,
        DateTime since,
        CancellationToken cancellationToken
    )
    {
        var files = Enumerate(results, "*", cancellationToken)
            .Where(file => file.Extension is ".trx" or ".xml" || file.Name == "jest.json");
        if (project.Ecosystem == Ecosystem.Java)
        {
            files = files.Concat(
                Enumerate(Path.Combine(workspace.Folder, project.Folder), "TEST-*.xml", cancellationToken)
                    .Where(file =>
                        file.LastWriteTimeUtc >= since
                        && (
                            file.FullName.Contains("/surefire-reports/", StringComparison.Ordinal)
                            || file.FullName.Contains("/test-results/", StringComparison.Ordinal)
                        )
                    )
            );
        }
        var reports = new List<TestReport>();
        var left = MaxBytes;
        foreach (var file in files.Take(MaxFiles))
        {
            if (IsReadable(file) && file.Length <= left && Read(file, cancellationToken) is { } report)
            {
                left -= file.Length;
                reports.Add(report);
            }
        }
        return TestReport.Merge(reports);
    }

    private static IEnumerable<FileInfo> Enumerate(string folder, string pattern, CancellationToken cancellationToken)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(pattern, NoLinks))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return file;
        }
    }

    private static TestReport? Read(FileInfo file, CancellationToken cancellationToken)
    {
        using var stream = file.OpenRead();
        return file.Extension == ".json" ? JestReports.Read(stream, cancellationToken) : XmlReports.Read(stream, cancellationToken);
    }

    // What has no length is empty, or something to wait for without end, such as a pipe.
    private static bool IsReadable(FileInfo file) =>
        file is { Exists: true, LinkTarget: null, Length: > 0 } && FileKinds.Of(file.FullName) == FileKind.Regular;

    /// <summary>All that a runner printed whose output is its report: what is kept for people is cut.</summary>
    public static string? ReadOutput(string results) =>
        new FileInfo(Path.Combine(results, ProjectRuns.OutputFile)) is var file && IsReadable(file) && file.Length <= MaxOutputBytes
            ? File.ReadAllText(file.FullName)
            : null;
}
