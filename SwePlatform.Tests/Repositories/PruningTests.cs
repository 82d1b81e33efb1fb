using System.Diagnostics;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

public sealed class PruningTests(Platform platform)
{
    private string ProjectFolder(Guid project) =>
        Path.Combine(platform.Services.GetRequiredService<IOptions<WorkspaceOptions>>().Value.Root, project.ToString());

    private PruneWorker Worker => platform.Services.GetRequiredService<PruneWorker>();

    [Fact]
    public async Task Old_objects_that_nothing_refers_to_are_removed_and_what_a_workspace_has_stays()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "one\n").Commit());
        await bench.WriteAsync("a.txt", "for a while\n");
        await bench.DiffAsync();
        await bench.WriteAsync("a.txt", "uncommitted\n");
        await bench.DiffAsync();
        var gitDir = Path.Combine(ProjectFolder(bench.Project), "repository.git");
        var forgotten = Hash("for a while\n");
        Assert.True(Exists(gitDir, forgotten));
        MakeOld(gitDir);

        await Worker.PruneDueAsync(TestContext.Current.CancellationToken);

        Assert.False(Exists(gitDir, forgotten));
        Assert.True(Exists(gitDir, Hash("uncommitted\n")));
        Assert.Contains("uncommitted", (await bench.DiffAsync()).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1, (int)(await bench.UseAsync("git.commit", new { message = "Kept" }))["filesChanged"]!);
        Assert.Single((await bench.UseAsync("git.log", new { maxCount = 1 }))["commits"]!.AsArray());
        Assert.Empty(Directory.EnumerateFiles(gitDir, "prune-index-*", SearchOption.AllDirectories));
        (await bench.Client.PostAsync($"/projects/{bench.Project}/sync")).Expect(HttpStatusCode.Accepted);
        await bench.Client.SettleAsync(bench.Project);
    }

    [Fact]
    public async Task Young_objects_stay_and_a_clone_is_pruned_once_a_day()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "one\n").Commit());
        var gitDir = Path.Combine(ProjectFolder(bench.Project), "repository.git");
        await bench.WriteAsync("a.txt", "young\n");
        await bench.DiffAsync();
        await bench.WriteAsync("a.txt", "other\n");

        await Worker.PruneDueAsync(TestContext.Current.CancellationToken);
        Assert.True(Exists(gitDir, Hash("young\n")));

        MakeOld(gitDir);
        await Worker.PruneDueAsync(TestContext.Current.CancellationToken);
        Assert.True(Exists(gitDir, Hash("young\n")));
    }

    [Fact]
    public async Task Commits_that_a_force_push_orphaned_stay_for_a_while_and_then_make_the_store_smaller()
    {
        var repository = platform.NewRepository().Write("a.txt", "one\n").Commit();
        repository.Write("big.bin", System.Security.Cryptography.RandomNumberGenerator.GetBytes(2_000_000)).Commit();
        var orphan = repository.Head;
        using var bench = await Workbench.CreateAsync(platform, repository);
        await bench.WriteAsync("a.txt", "uncommitted\n");
        await bench.DiffAsync();
        var gitDir = Path.Combine(ProjectFolder(bench.Project), "repository.git");
        await PruneAsync(bench.Project, gitDir);
        var before = Size(gitDir);

        repository.Git("reset", "--quiet", "--hard", "HEAD~1");
        repository.Write("b.txt", "two\n").Commit();
        (await bench.Client.PostAsync($"/projects/{bench.Project}/sync")).Expect(HttpStatusCode.Accepted);
        await bench.Client.SettleAsync(bench.Project);
        await PruneAsync(bench.Project, gitDir);
        await PruneAsync(bench.Project, gitDir);
        // The workspace is still on it.
        Assert.Equal(2_000_000, (int)(await bench.UseAsync("files.list", new { glob = "big.bin" }))["files"]![0]!["size"]!);
        Assert.Contains("uncommitted", (await bench.DiffAsync()).ToJsonString(), StringComparison.Ordinal);

        var other = await bench.AddAsync("other");
        await other.WriteAsync("b.txt", "three\n");
        await other.DiffAsync();
        (await bench.Client.DeleteAsync($"/projects/{bench.Project}/workspaces/{bench.Name}")).Expect(HttpStatusCode.NoContent);
        await PruneAsync(bench.Project, gitDir);
        Assert.True(Size(gitDir) > before - 1_000_000);
        Assert.Equal(orphan, (string)(await other.UseAsync("git.show", new { commit = orphan }))["id"]!);

        ForgetKept(gitDir);
        await PruneAsync(bench.Project, gitDir);

        Assert.True(Size(gitDir) < before - 1_900_000);
        Assert.Empty(Git(gitDir, "for-each-ref", "refs/kept/"));
        Assert.Contains("three", (await other.DiffAsync()).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1, (int)(await other.UseAsync("git.commit", new { message = "Kept" }))["filesChanged"]!);
        Assert.Equal(3, (await other.UseAsync("git.log", new { maxCount = 5 }))["commits"]!.AsArray().Count);
        Git(gitDir, "rev-list", "--objects", "--quiet", "--all");
    }

    [Fact]
    public async Task A_workspace_on_an_orphaned_commit_outlives_a_repack_that_has_not_seen_it()
    {
        var repository = platform.NewRepository().Write("a.txt", "one\n").Commit().Write("a.txt", "orphaned\n").Commit();
        var orphan = repository.Head;
        using var bench = await Workbench.CreateAsync(platform, repository);
        var gitDir = Path.Combine(ProjectFolder(bench.Project), "repository.git");
        Git(gitDir, "repack", "-a", "-d", "--quiet");
        await OrphanAsync(bench, repository);
        var seen = Directory.GetFiles(Path.Combine(gitDir, "objects", "pack"));
        var kept = Git(gitDir, "pack-objects", "--all", "--quiet", Path.Combine(gitDir, "objects", "pack", "pack")).Trim();

        await File.WriteAllTextAsync(Path.Combine(gitDir, "swe-pruning"), "", TestContext.Current.CancellationToken);
        var other = await bench.AddAsync("other", orphan);
        // Now that repack is done, which had looked for refs before.
        foreach (var file in seen.Where(file => !file.Contains(kept, StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        Assert.Equal("orphaned\n", await other.ReadAsync("a.txt"));
        await other.WriteAsync("a.txt", "more\n");
        Assert.Contains("-orphaned", (await other.DiffAsync()).ToJsonString(), StringComparison.Ordinal);
        Git(gitDir, "rev-list", "--objects", "--quiet", "--all");
    }

    [Fact]
    public async Task What_is_written_again_while_it_is_being_dropped_stays()
    {
        var repository = platform.NewRepository().Write("a.txt", "one\n").Commit().Write("a.txt", "orphaned\n").Commit();
        using var bench = await Workbench.CreateAsync(platform, repository);
        var gitDir = Path.Combine(ProjectFolder(bench.Project), "repository.git");
        Git(gitDir, "repack", "-a", "-d", "--quiet");
        await OrphanAsync(bench, repository);
        await File.WriteAllTextAsync(Path.Combine(gitDir, "swe-repack-due"), "", TestContext.Current.CancellationToken);
        MakeOld(gitDir);
        var other = await bench.AddAsync("other");

        Task pruning;
        using (WorkspaceLocks.Share(WorkspaceFolders.ObjectLock(gitDir)))
        {
            File.Delete(Path.Combine(ProjectFolder(bench.Project), "pruned"));
            pruning = Worker.PruneDueAsync(TestContext.Current.CancellationToken);
            while (!File.Exists(WorkspaceFolders.ObjectLock(gitDir) + ".draining"))
            {
                Assert.False(pruning.IsCompleted);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
            await other.WriteAsync("a.txt", "orphaned\n");
            await other.DiffAsync();
            Assert.False(pruning.IsCompleted);
        }
        await pruning;

        Git(gitDir, "cat-file", "-e", Hash("orphaned\n"));
        Assert.Contains("orphaned", (await other.DiffAsync()).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1, (int)(await other.UseAsync("git.commit", new { message = "Kept" }))["filesChanged"]!);
        Git(gitDir, "rev-list", "--objects", "--quiet", "--all");
    }

    [Fact]
    public async Task A_clone_that_is_being_fetched_is_left_alone()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "one\n").Commit());
        await using var scope = platform.Services.CreateAsyncScope();
        var project = scope.ServiceProvider.GetRequiredService<SweDbContext>().Projects.Where(project => project.Id == bench.Project);
        var lease = TimeProvider.System.GetUtcNow().AddHours(1);
        await project.ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, lease), TestContext.Current.CancellationToken);

        await Worker.PruneDueAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(Path.Combine(ProjectFolder(bench.Project), "pruned")));
    }

    // The remote has rewritten its branch, and the workspace that was on the commit is gone too.
    private static async Task OrphanAsync(Workbench bench, TestRepository repository)
    {
        repository.Git("reset", "--quiet", "--hard", "HEAD~1");
        repository.Write("b.txt", "two\n").Commit();
        (await bench.Client.PostAsync($"/projects/{bench.Project}/sync")).Expect(HttpStatusCode.Accepted);
        await bench.Client.SettleAsync(bench.Project);
        (await bench.Client.DeleteAsync($"/projects/{bench.Project}/workspaces/{bench.Name}")).Expect(HttpStatusCode.NoContent);
    }

    // As if the time had passed for which it is kept.
    private static void ForgetKept(string gitDir)
    {
        foreach (
            var kept in Git(gitDir, "for-each-ref", "--format=%(refname)", "refs/kept/").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
        {
            Git(gitDir, "update-ref", "refs/kept/1-" + kept[^40..], kept);
            Git(gitDir, "update-ref", "-d", kept);
        }
    }

    private async Task PruneAsync(Guid project, string gitDir)
    {
        MakeOld(gitDir);
        File.Delete(Path.Combine(ProjectFolder(project), "pruned"));
        await Worker.PruneDueAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(ProjectFolder(project), "pruned")));
    }

    private static long Size(string gitDir) =>
        new DirectoryInfo(Path.Combine(gitDir, "objects")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static string Git(string gitDir, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("git", ["-c", "safe.directory=*", "--git-dir", gitDir, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, string.Join(' ', arguments));
        return output;
    }

    private static void MakeOld(string gitDir)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(gitDir, "objects"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-3));
        }
    }

    private static string Hash(string content) =>
        Convert.ToHexStringLower(
#pragma warning disable CA5350 // Git names its objects so.
            System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes($"blob {content.Length}\0{content}"))
        );
#pragma warning restore CA5350

    private static bool Exists(string gitDir, string id) => File.Exists(Path.Combine(gitDir, "objects", id[..2], id[2..]));
}
