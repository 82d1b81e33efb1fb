#if !ASPIRE
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Workspaces;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Infrastructure;
using Xunit;

namespace SwePlatform.Tests.Workspaces;

public sealed class PruningTests(Platform platform)
{
    private string ProjectFolder(Guid project) => Path.Combine(platform.Services.GetRequiredService<IOptions<WorkspaceOptions>>().Value.Root, project.ToString());

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
    public async Task A_clone_that_is_being_fetched_is_left_alone()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "one\n").Commit());
        await using var scope = platform.Services.CreateAsyncScope();
        var project = scope.ServiceProvider.GetRequiredService<SweDbContext>().Projects.Where(project => project.Id == bench.Project);
        var lease = TimeProvider.System.GetUtcNow().AddMinutes(1);
        await project.ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, lease), TestContext.Current.CancellationToken);

        await Worker.PruneDueAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(Path.Combine(ProjectFolder(bench.Project), "pruned")));
    }

    private static void MakeOld(string gitDir)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(gitDir, "objects"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-3));
        }
    }

    private static string Hash(string content) => Convert.ToHexStringLower(
#pragma warning disable CA5350 // Git names its objects so.
        System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes($"blob {content.Length}\0{content}")));
#pragma warning restore CA5350

    private static bool Exists(string gitDir, string id) => File.Exists(Path.Combine(gitDir, "objects", id[..2], id[2..]));
}
#endif
