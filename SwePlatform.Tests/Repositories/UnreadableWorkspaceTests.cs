using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Repositories;

/// <summary>Files that keep whoever reads them waiting, left in a workspace by its own programs.</summary>
public sealed class UnreadableWorkspaceTests(Platform platform) : IAsyncDisposable
{
    private const string StarsAndLetters =
        "for i in $(seq 50); do printf '*a%.0s' $(seq 25); echo '*b'; done > .gitignore; touch $(printf 'ab%.0s' $(seq 60))c";
    private const string StarsAndFolders =
        "for i in $(seq 50); do printf '**/a%.0s/' $(seq 15); echo b; done > .gitignore; d=.; for i in $(seq 25); do "
        + "d=$d/a; mkdir -p $d; touch $d/$(printf 'a%.0s' $(seq 120)); done";

    private readonly Platform.ApiFactory _impatient = platform.StartApi(("Workspaces:ReadTimeout", "00:00:03"));

    public ValueTask DisposeAsync() => _impatient.DisposeAsync();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<Workbench> NewBenchAsync(Uri? replica = null) =>
        Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "needle\n").Commit(), replica);

    [Theory]
    [InlineData("mkfifo .gitignore", ".gitignore")]
    [InlineData("mkfifo .gitattributes", ".gitattributes")]
    [InlineData("mkfifo .gitmodules", ".gitmodules")]
    [InlineData("mkdir -p sub/deep; mkfifo sub/deep/.gitignore", "sub/deep/.gitignore")]
    [InlineData("mkfifo pipe; ln -s pipe .gitignore", ".gitignore")]
    [InlineData("ln -s /dev/zero .gitattributes", ".gitattributes")]
    [InlineData("mkdir .gitignore", ".gitignore")]
    [InlineData("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\".gitignore\")'", ".gitignore")]
    [InlineData("git init -q nested; rm nested/.git/HEAD; mkfifo nested/.git/HEAD", "nested/.git/HEAD")]
    [InlineData("git init -q nested; touch nested/x; mkfifo nested/.git/packed-refs", "nested/.git/packed-refs")]
    public async Task What_git_would_wait_for_is_refused_and_a_program_can_remove_it(string script, string trap)
    {
        using var bench = await NewBenchAsync();
        Assert.Equal(0, (await bench.ShellAsync(script)).ExitCode);
        var started = Stopwatch.GetTimestamp();

        var search = (await bench.ExecuteAsync("code.search", new { query = "needle" })).ExpectProblem(HttpStatusCode.Conflict);
        var diff = (await bench.Client.GetAsync($"/projects/{bench.Project}/workspaces/{bench.Name}/diff")).ExpectProblem(
            HttpStatusCode.Conflict
        );
        var commit = (await bench.ExecuteAsync("git.commit", new { message = "x" })).ExpectProblem(HttpStatusCode.Conflict);
        var later = await FinishAsync(bench, await StartAsync(bench, "code.search", new { query = "needle" }));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(25));
        Assert.All([search, diff, commit], problem => Assert.Contains($"'{trap}'", (string)problem["detail"]!, StringComparison.Ordinal));
        Assert.Equal(("failed", "workspace_unreadable"), ((string)later["status"]!, (string)later["error"]!["code"]!));
        Assert.Equal(0, (await bench.ShellAsync($"rm -rf {trap}")).ExitCode);
        Assert.Single((await bench.UseAsync("code.search", new { query = "needle" }))["matches"]!.AsArray());
    }

    [Theory]
    [InlineData(StarsAndLetters)]
    [InlineData(StarsAndFolders)]
    public async Task Patterns_that_take_for_ever_end_with_their_time_and_a_program_can_remove_them(string script)
    {
        using var bench = await NewBenchAsync(_impatient.ClientOptions.BaseAddress);
        Assert.Equal(0, (await bench.ShellAsync(script)).ExitCode);

        var problem = (await bench.ExecuteAsync("code.search", new { query = "needle" })).ExpectProblem(HttpStatusCode.Conflict);

        Assert.Contains("Workspaces:ReadTimeout", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Empty(Gits(bench));
        Assert.Equal(0, (await bench.ShellAsync("rm .gitignore")).ExitCode);
        Assert.Single((await bench.UseAsync("code.search", new { query = "needle" }))["matches"]!.AsArray());
    }

    [Fact]
    public async Task Who_waits_for_slow_patterns_holds_one_sandboxed_git_and_can_be_cancelled()
    {
        using var bench = await NewBenchAsync();
        await bench.ShellAsync(StarsAndLetters);
        var diffs = Enumerable
            .Range(0, 20)
            .Select(_ => bench.Client.GetAsync($"/projects/{bench.Project}/workspaces/{bench.Name}/diff"))
            .ToList();
        var execution = await StartAsync(bench, "code.search", new { query = "needle" });

        await Eventually.HoldsAsync(() => Gits(bench).Count > 0);
        var git = Assert.Single(Gits(bench));
        Assert.NotEqual(Namespace("self"), Namespace($"{git}"));
        (await bench.Client.PostAsync($"/executions/{execution}/cancel")).Expect(HttpStatusCode.Accepted);

        Assert.Equal("cancelled", (string)(await FinishAsync(bench, execution))["status"]!);
        foreach (var diff in await Task.WhenAll(diffs))
        {
            Assert.True(diff.Status is HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests, $"{diff.Status}");
        }
        Assert.Empty(Gits(bench));
    }

    private static async Task<Guid> StartAsync(Workbench bench, string toolName, object arguments)
    {
        var call = JsonContent.Create(
            new
            {
                toolName,
                projectId = bench.Project,
                workspace = bench.Name,
                arguments,
            }
        );
        return (Guid)
            (await bench.Client.SendAsync(HttpMethod.Post, "/tools/execute", call, ("Prefer", "respond-async"))).Expect(
                HttpStatusCode.Accepted
            )["id"]!;
    }

    private static Task<System.Text.Json.Nodes.JsonNode> FinishAsync(Workbench bench, Guid id) =>
        Eventually.FindAsync(async () =>
            (await bench.Client.GetAsync($"/executions/{id}")).Expect(HttpStatusCode.OK) is var execution
            && (string)execution["status"]! is not ("queued" or "running")
                ? execution
                : null
        );

    // Those that look at the files of this project's workspaces; the shell around it has the same command.
    private static List<int> Gits(Workbench bench) =>
        [
            .. Process
                .GetProcessesByName("git")
                .Where(process => Read(process.Id, "environ").Contains($"{bench.Project}/worktrees/", StringComparison.Ordinal))
                .Select(process => process.Id),
        ];

    private static string Namespace(string process) => new FileInfo($"/proc/{process}/ns/pid").LinkTarget!;

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
