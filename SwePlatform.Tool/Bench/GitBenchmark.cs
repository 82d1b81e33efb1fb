using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Bench;

/// <summary>
/// Times the git tools over HTTP, result cache bypassed, beside LibGit2Sharp and a persistent <c>git cat-file --batch</c>
/// that do the same work on a clone of the same repository, in turns and in one run. All have to find the same.
/// </summary>
internal sealed class GitBenchmark(WorkProgress work)
{
    private const int Files = 1000;
    private const int Commits = 50;

    // In the first folder, which every commit of the history touches.
    private const string BlamedFile = "part_0/module_0.cs";

    public async Task<int> RunAsync(int history, int runs, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var repository = Path.Combine(folder.Path, "repository");
        work.Report($"Writing a repository of {Files} files and {history} commits");
        await SampleRepository.WriteAsync(repository, Files, cancellationToken);
        await SampleRepository.AddHistoryAsync(repository, history, cancellationToken);
        var bare = Path.Combine(folder.Path, "bare.git");
        await SampleRepository.GitAsync(folder.Path, ["clone", "--quiet", "--bare", "--no-local", repository, bare], cancellationToken);
        await PrintAsync($"{Files} files, {history + 1} commits, {runs} runs of each call after a warm-up; milliseconds, p50/p95");
        work.Report("Starting the API on data of its own");
        await using var project = await BenchmarkProject.StartAsync(folder, repository, cancellationToken);
        using var library = new LibraryReader(bare);
        using var process = new CatFileReader(bare);
        await CompareAsync(project, library, process, history, runs, cancellationToken);
        return 0;
    }

    private async Task CompareAsync(
        BenchmarkProject project,
        LibraryReader library,
        CatFileReader process,
        int history,
        int runs,
        CancellationToken cancellationToken
    )
    {
        await PrintAsync(
            $"{"call", -26} {"HTTP", 15} {"the tool", 15} {"LibGit2Sharp", 15} {"cat-file", 15} {"tool/lib", 9} {"tool/cat", 9}"
        );
        var ids = library.Log(Commits);
        var byName = $"main~{Math.Min(20, history)}";
        (string Name, string Tool, object Arguments, Func<JsonElement, int> Count, Func<int> Library, Func<int>? Process)[] calls =
        [
            (
                "git.log (50 commits)",
                "git.log",
                new { maxCount = Commits },
                result => result.GetProperty("commits").GetArrayLength(),
                () => library.Log(Commits).Count,
                () => process.Log(library.Head, Commits).Count
            ),
            (
                "git.log (50 of a file)",
                "git.log",
                new { maxCount = Commits, path = BlamedFile },
                result => result.GetProperty("commits").GetArrayLength(),
                () => library.LogOf(BlamedFile, Commits),
                null
            ),
            (
                "git.log (50 of an author)",
                "git.log",
                new { maxCount = Commits, author = SampleRepository.Author },
                result => result.GetProperty("commits").GetArrayLength(),
                () => library.LogBy(SampleRepository.Author, Commits),
                null
            ),
            (
                "git.diff (20 commits)",
                "git.diff",
                new { @base = byName },
                result => result.GetProperty("files").GetArrayLength(),
                () => library.Diff(byName, "main"),
                null
            ),
            ("git.branches", "git.branches", new { }, result => result.GetProperty("branches").GetArrayLength(), library.Branches, null),
            (
                "git.show (by id)",
                "git.show",
                new { commit = ids[^1] },
                result => result.GetProperty("files").GetArrayLength(),
                () => library.Show(ids[^1]),
                null
            ),
            (
                "git.show (by name)",
                "git.show",
                new { commit = byName },
                result => result.GetProperty("files").GetArrayLength(),
                () => library.Show(byName),
                null
            ),
            (
                "git.blame",
                "git.blame",
                new { path = BlamedFile },
                result => result.GetProperty("lines").EnumerateArray().Max(lines => lines.GetProperty("endLine").GetInt32()),
                () => library.Blame(BlamedFile),
                null
            ),
        ];
        if (!process.Log(library.Head, Commits).SequenceEqual(ids))
        {
            throw new CommandException("git cat-file and LibGit2Sharp read different histories.");
        }
        foreach (var (index, call) in calls.Index())
        {
            List<double> http = [],
                tool = [],
                lib = [],
                cat = [];
            for (var run = -3; run < runs; run++)
            {
                work.Report(call.Name, (index + (double)Math.Max(run, 0) / runs) / calls.Length);
                // In turns, so that a noisy moment hits all.
                var ours = await CallAsync(project, call.Tool, call.Arguments, call.Count, cancellationToken);
                var theirs = Time(call.Library);
                var other = call.Process is null ? (Found: ours.Found, Milliseconds: 0) : Time(call.Process);
                if (ours.Found != theirs.Found || ours.Found != other.Found)
                {
                    throw new CommandException(
                        $"{call.Name}: the tool found {ours.Found}, LibGit2Sharp {theirs.Found}, git cat-file {other.Found}."
                    );
                }
                if (run >= 0)
                {
                    http.Add(ours.Http);
                    tool.Add(ours.Tool);
                    lib.Add(theirs.Milliseconds);
                    cat.Add(other.Milliseconds);
                }
            }
            var compared = call.Process is not null;
            await PrintAsync(
                $"{call.Name, -26} {Both(http), 15} {Both(tool), 15} {Both(lib), 15} {(compared ? Both(cat) : "cannot"), 15} ",
                $"{Ratio(tool, lib), 9} {(compared ? Ratio(tool, cat) : ""), 9}"
            );
        }
    }

    private static async Task<(int Found, double Tool, double Http)> CallAsync(
        BenchmarkProject project,
        string tool,
        object arguments,
        Func<JsonElement, int> count,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tools/execute")
        {
            Content = JsonContent.Create(
                new
                {
                    toolName = tool,
                    projectId = project.Id,
                    arguments,
                }
            ),
        };
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        var begin = TimeProvider.System.GetTimestamp();
        using var response = await project.Client.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds;
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(bytes);
        return (
            count(answer.RootElement.GetProperty("result")),
            answer.RootElement.GetProperty("timings").GetProperty("execute").GetDouble(),
            elapsed
        );
    }

    private static (int Found, double Milliseconds) Time(Func<int> work)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var found = work();
        return (found, TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds);
    }

    private static string Both(List<double> values) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{BenchmarkProject.Percentile(values, 50):0.00}/{BenchmarkProject.Percentile(values, 95):0.00}"
        );

    private static string Ratio(List<double> ours, List<double> theirs) =>
        (BenchmarkProject.Percentile(ours, 50) / BenchmarkProject.Percentile(theirs, 50)).ToString("0.00", CultureInfo.InvariantCulture);

    private Task PrintAsync(params FormattableString[] parts) =>
        work.PrintAsync(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
