using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Npgsql;
using SwePlatform.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace SwePlatform.Tests.E2E;

/// <summary>The advice about indexes, followed and taken back with the buttons that administrators have.</summary>
public sealed class IndexAdvicePageTests(BrowserSystem running) : IAsyncLifetime
{
    private readonly string _table = $"items_{Guid.CreateVersion7().ToString("N")[^12..]}";
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Table => $"performance.{_table}";

    private string Index => $"idx_{_table}_code";

    public async ValueTask InitializeAsync()
    {
        var system = await running.GetSystemAsync();
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(system.DatabaseConnectionString) { MaxPoolSize = 2 });
        await ExecuteAsync(
            $"CREATE TABLE {Table} AS SELECT g AS id, md5(g::text) AS code, repeat('x', 200) AS filler FROM generate_series(1, 20000) AS g"
        );
        await ExecuteAsync($"ALTER TABLE {Table} ADD PRIMARY KEY (id); ANALYZE {Table}");
        for (var i = 0; i < 30; i++)
        {
            await ExecuteAsync($"SELECT id, filler FROM {Table} WHERE code = 'x'");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP TABLE {Table}");
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task An_administrator_builds_the_advised_index_compares_the_plans_and_undoes_it()
    {
        await using var window = await running.OpenAsync();
        await window.SignInAsync("admin@swe.local", BrowserSystem.AdminPassword);
        await Expect(window["home-running"]).ToBeVisibleAsync();
        await window.Page.GotoAsync("/performance/indexes");

        var advice = window["index-advice"].Filter(new() { HasText = Index });
        await Expect(advice).ToContainTextAsync($"CREATE INDEX CONCURRENTLY \"{Index}\"");
        await advice.Locator("summary").ClickAsync();
        await Expect(advice).ToContainTextAsync("Seq Scan");
        await advice.GetByTestId("index-apply").ClickAsync();
        await AnswerAsync(window, "Cancel");
        Assert.False(await IsThereAsync());
        await advice.GetByTestId("index-apply").ClickAsync();
        await AnswerAsync(window, "Build");

        var change = window["index-change"].Filter(new() { HasText = Index });
        await Expect(change.GetByTestId("verdict")).ToHaveTextAsync("done");
        Assert.True(await IsThereAsync());
        await Expect(advice).ToHaveCountAsync(0);
        await Expect(change).ToContainTextAsync(new Regex(@"before,.*after: 9\d(\.\d+)? % less", RegexOptions.Singleline));
        await change.Locator("summary").ClickAsync();
        await Expect(change.GetByTestId("plan-before")).ToContainTextAsync("Seq Scan");
        await Expect(change.GetByTestId("plan-after")).ToContainTextAsync("Index Scan");
        await Expect(change.GetByTestId("plan-after")).ToContainTextAsync(Index);

        await window.Page.SetViewportSizeAsync(390, 844);
        await window.AssertFitsAsync();
        await change.GetByTestId("index-undo").ClickAsync();
        await AnswerAsync(window, "Undo");
        await Expect(change.GetByTestId("verdict")).ToHaveTextAsync("undone");
        Assert.False(await IsThereAsync());
        await Expect(change.GetByTestId("index-undo")).ToHaveCountAsync(0);
        await Expect(advice).ToBeVisibleAsync();
        await window.AssertCleanAsync();
    }

    private static Task AnswerAsync(BrowserWindow window, string word) =>
        window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = word, Exact = true }).ClickAsync();

    private async Task<bool> IsThereAsync()
    {
        await using var command = _source.CreateCommand(
            "SELECT count(*) = 1 FROM pg_indexes WHERE schemaname = 'performance' AND indexname = $1"
        );
        command.Parameters.Add(new() { Value = Index });
        return await command.ExecuteScalarAsync(Cancel) is true;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
