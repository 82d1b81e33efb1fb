using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Snapshots;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Features.Executions;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

/// <summary>Commits of a few kilobytes that stand for millions of files.</summary>
[Collection(Alone.Name)] // It looks at the memory of the whole process.
public sealed class TreeBombTests(Platform platform)
{
    private const long MaxGrowth = 300L << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(9, 10, "x\n")]
    [InlineData(4, 100, null)]
    public async Task A_project_of_a_billion_files_or_folders_fails_soon_and_in_little_memory(int levels, int width, string? content)
    {
        using var client = await platform.NewMemberAsync();
        var repository = platform.NewRepository().Explode(levels, width, content);
        using var watch = new MemoryWatch();

        var project = (await client.PostAsync("/projects", new { name = "bomb", repositoryUrl = repository.Folder })).Expect(
            HttpStatusCode.Created
        );
        var settled = await client.SettleAsync((Guid)project["id"]!);

        Assert.Equal("failed", (string)settled["status"]!);
        Assert.Contains("Workspaces:MaxTreeEntries", (string)settled["statusMessage"]!, StringComparison.Ordinal);
        Assert.InRange(watch.Growth, 0, MaxGrowth);
    }

    [Fact]
    public async Task A_branch_that_is_a_bomb_is_refused_to_tools_and_workspaces_and_the_rest_works()
    {
        using var bench = await Workbench.CreateAsync(
            platform,
            platform.NewRepository().Write("a.txt", "needle\n").Commit().Explode(9, 10, "x\n", "bomb")
        );
        using var watch = new MemoryWatch();
        var started = Stopwatch.GetTimestamp();

        var search = (
            await bench.Client.PostAsync(
                "/tools/execute",
                new
                {
                    toolName = "code.search",
                    projectId = bench.Project,
                    @ref = "bomb",
                    arguments = new { query = "x" },
                }
            )
        ).Expect(HttpStatusCode.OK);
        var show = (
            await bench.Client.PostAsync(
                "/tools/execute",
                new
                {
                    toolName = "git.show",
                    projectId = bench.Project,
                    arguments = new { commit = "bomb" },
                }
            )
        ).Expect(HttpStatusCode.OK);
        var workspace = (
            await bench.Client.PostAsync($"/projects/{bench.Project}/workspaces", new { name = "w", fromRef = "bomb" })
        ).ExpectProblem(HttpStatusCode.Conflict);

        Assert.Equal("git", (string)search["error"]!["code"]!);
        Assert.False((bool)show["success"]!, show.ToJsonString());
        Assert.Contains("Workspaces:MaxTreeEntries", (string)workspace["detail"]!, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, 2 * Soon);
        Assert.InRange(watch.Growth, 0, MaxGrowth);
        Assert.Single((await bench.UseAsync("code.search", new { query = "needle" }))["matches"]!.AsArray());
    }

    [Fact]
    public async Task Reading_a_commit_has_a_time_limit()
    {
        await using var api = platform.StartApi(("Workspaces:SnapshotTimeout", "00:00:00.002"), ("Workspaces:MaxTreeEntries", "100000000"));
        using var member = await platform.NewMemberAsync();
        var project = await member.AddProjectAsync(
            platform.NewRepository().Write("a.txt", "a\n").Commit().Explode(9, 10, "x\n", "bomb").Folder
        );
        using var client = member.At(api.ClientOptions.BaseAddress);

        var call = (
            await client.PostAsync(
                "/tools/execute",
                new
                {
                    toolName = "files.list",
                    projectId = project,
                    @ref = "bomb",
                    arguments = new { },
                }
            )
        ).Expect(HttpStatusCode.OK);

        Assert.Contains("Workspaces:SnapshotTimeout", (string)call["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_a_project_ends_the_reading_of_its_commit()
    {
        var services = platform.Services;
        var root = Directory.CreateTempSubdirectory("swe-bomb-");
        var options = Options.Create(new WorkspaceOptions { Root = root.FullName, MaxTreeEntries = 100_000_000 });
        var git = new GitProcess(options);
        using var cache = new SnapshotCache(
            new SnapshotWriter(git, new TreeListing(git, options), options),
            options,
            TimeProvider.System,
            services.GetRequiredService<ILogger<SnapshotCache>>()
        );
        var repository = platform.NewRepository().Explode(9, 10, "x\n");
        var project = Guid.CreateVersion7();
        try
        {
            var opening = cache.OpenAsync(
                project,
                Path.Combine(repository.Folder, ".git"),
                repository.Git("rev-parse", "HEAD^{tree}").Trim(),
                Cancel
            );
            await Eventually.HoldsAsync(() => Processes(repository).Length > 0);

            cache.Close(project);

            await Assert.ThrowsAsync<GitException>(() => opening);
            await Eventually.HoldsAsync(() => Processes(repository).Length == 0);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static int[] Processes(TestRepository repository) =>
        [
            .. Process
                .GetProcessesByName("git")
                .Where(process =>
                    File.Exists($"/proc/{process.Id}/cmdline") && Read(process.Id).Contains(repository.Folder, StringComparison.Ordinal)
                )
                .Select(process => process.Id),
        ];

    private static string Read(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>How much this process grows meanwhile, at most.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly long _before = Environment.WorkingSet;
        private readonly Timer _timer;
        private long _most;

        public MemoryWatch() =>
            _timer = new(_ => _most = Math.Max(_most, Environment.WorkingSet), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));

        public long Growth => Math.Max(0, _most - _before);

        public void Dispose() => _timer.Dispose();
    }
}
