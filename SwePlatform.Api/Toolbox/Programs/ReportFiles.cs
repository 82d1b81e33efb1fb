using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Toolbox.Programs;

/// <summary>Finds the reports that a test run left. It was free to leave anything: links are not followed.</summary>
internal static class ReportFiles
{
    private const long MaxBytes = 64L * 1024 * 1024;
    private const int MaxFiles = 5000;

    private static readonly EnumerationOptions NoLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, RecurseSubdirectories = true, MaxRecursionDepth = 12 };

    /// <param name="since">Reports in the workspace that are older are those of another run.</param>
    public static TestReport? Read(FoundProject project, BranchWorkspace workspace, string results, DateTime since)
    {
        var files = new DirectoryInfo(results).EnumerateFiles("*", NoLinks).Where(file => file.Extension is ".trx" or ".xml" || file.Name == "jest.json");
        if (project.Ecosystem == Ecosystem.Java)
        {
            files = files.Concat(new DirectoryInfo(Path.Combine(workspace.Folder, project.Folder)).EnumerateFiles("TEST-*.xml", NoLinks)
                .Where(file => file.LastWriteTimeUtc >= since && (file.FullName.Contains("/surefire-reports/", StringComparison.Ordinal) || file.FullName.Contains("/test-results/", StringComparison.Ordinal))));
        }
        return TestReport.Merge([.. files.Take(MaxFiles).Select(Read).OfType<TestReport>()]);
    }

    private static TestReport? Read(FileInfo file)
    {
        // What has no length is empty, or something to wait for without end, such as a pipe.
        if (file.LinkTarget is not null || file.Length is 0 or > MaxBytes)
        {
            return null;
        }
        using var stream = file.OpenRead();
        return file.Extension == ".json" ? JestReports.Read(stream) : XmlReports.Read(stream);
    }

    /// <summary>All that a runner printed whose output is its report: what is kept for people is cut.</summary>
    public static string? ReadOutput(string results) =>
        new FileInfo(Path.Combine(results, ProjectRuns.OutputFile)) is { Exists: true, LinkTarget: null, Length: > 0 and <= MaxBytes } file ? File.ReadAllText(file.FullName) : null;
}
