using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

/// <summary>Executions in lists, over time and as CSV.</summary>
public sealed class ExecutionListTests(Platform platform)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_says_who_called_what_on_which_project_and_with_which_arguments()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "TODO").Commit());
        (
            await bench.Client.ExecuteAsync(
                "code.search",
                bench.Project,
                new
                {
                    query = "TODO\u0007\t",
                    include = new[] { "*.txt" },
                    maxMatches = 5,
                }
            )
        ).Expect(HttpStatusCode.OK);

        var item = Assert.Single(await ItemsAsync(bench.Client, $"projectId={bench.Project}"))!;
        var me = (await bench.Client.GetAsync("/users/me")).Expect(HttpStatusCode.OK);
        var project = (await bench.Client.GetAsync($"/projects/{bench.Project}")).Expect(HttpStatusCode.OK);

        Assert.Equal("query: TODO   · include: *.txt · maxMatches: 5", (string)item["argumentsText"]!);
        Assert.Equal(
            ((string)me["id"]!, (string)me["displayName"]!),
            ((string)item["user"]!["id"]!, (string)item["user"]!["displayName"]!)
        );
        Assert.Equal((string)project["name"]!, (string)item["projectName"]!);
    }

    [Fact]
    public async Task Large_arguments_are_cut()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());
        await bench.Client.ExecuteAsync("code.search", bench.Project, new { query = new string('ü', 900), maxMatches = 5 });

        var text = (string)Assert.Single(await ItemsAsync(bench.Client, ""))!["argumentsText"]!;

        Assert.True(text.Length <= 160, text);
    }

    [Fact]
    public async Task Filters_are_combined()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());
        var before = TimeProvider.System.GetUtcNow();
        await bench.RunAsync("true");
        await bench.FailAsync("files.read", new { path = "missing" });
        await bench.RunAsync("false");

        Assert.Equal(["process.run", "process.run"], await NamesAsync(bench.Client, "toolPrefix=process."));
        Assert.Empty(await NamesAsync(bench.Client, "toolPrefix=process%25"));
        Assert.Equal(["process.run", "files.read"], await NamesAsync(bench.Client, "outcome=failed,error"));
        Assert.Equal(
            3,
            (await NamesAsync(bench.Client, $"workspace={bench.Name}&from={Uri.EscapeDataString(before.ToString("O"))}")).Count
        );
        Assert.Empty(await NamesAsync(bench.Client, $"to={Uri.EscapeDataString(before.ToString("O"))}"));
        Assert.Equal(3, (await NamesAsync(bench.Client, "from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")).Count);
        Assert.Empty(await NamesAsync(bench.Client, $"userId={Guid.CreateVersion7()}"));
        (await bench.Client.GetAsync("/executions?outcome=failed,done")).ExpectFieldError("outcome");
    }

    [Fact]
    public async Task Runs_are_counted_over_time()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());
        await bench.RunAsync("true");
        await bench.RunAsync("false");
        await bench.FailAsync("files.read", new { path = "missing" });

        var counted = (await bench.Client.GetAsync("/executions/activity?buckets=24")).Expect(HttpStatusCode.OK);
        var none = (await bench.Client.GetAsync("/executions/activity?buckets=3&to=2020-01-02T00:00:00Z")).Expect(HttpStatusCode.OK);

        Assert.Equal(3600, (double)counted["bucketSeconds"]!);
        Assert.Equal(24, counted["buckets"]!.AsArray().Count);
        Assert.Equal((1, 2), ((int)counted["buckets"]![23]!["passed"]!, (int)counted["buckets"]![23]!["failed"]!));
        Assert.All(none["buckets"]!.AsArray(), bucket => Assert.Equal(0, (int)bucket!["passed"]!));
        (await bench.Client.GetAsync("/executions/activity?buckets=501")).ExpectFieldError("buckets");
        (await bench.Client.GetAsync("/executions/activity?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")).ExpectFieldError("from");
    }

    [Fact]
    public async Task A_spreadsheet_gets_no_formulas_and_no_stranger_gets_a_row()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());
        await bench.FailAsync("files.read", new { path = "a \"quoted\", name" });
        using var stranger = await platform.NewMemberAsync();

        var csv = await bench.Client.Http.GetStringAsync("/api/v1/executions/export?toolPrefix=files.", Cancel);
        var theirs = await stranger.Http.GetStringAsync("/api/v1/executions/export", Cancel);

        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("id,tool,arguments,user,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",files.read,\"path: a \"\"quoted\"\", name\",", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
        Assert.Single(theirs.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        (await bench.Client.GetAsync("/executions/export?status=done")).ExpectFieldError("status");
    }

    private static async Task<JsonArray> ItemsAsync(ApiClient client, string query) =>
        (await client.GetAsync($"/executions?{query}")).Expect(HttpStatusCode.OK)["items"]!.AsArray();

    private static async Task<List<string>> NamesAsync(ApiClient client, string query) =>
        [.. (await ItemsAsync(client, query)).Select(item => (string)item!["toolName"]!)];
}
