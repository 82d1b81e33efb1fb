using System.Net;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Tool;
using SwePlatform.Tool.Load;
using Xunit;

namespace SwePlatform.Tests.Tool.Load;

/// <summary>The built-in runner on the real API, for a few seconds.</summary>
public sealed class ScenarioCommandTests(Platform platform) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-load-test-");
    private readonly StringWriter _output = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_counts_what_the_platform_saw_and_leaves_nothing_behind()
    {
        using var member = await platform.NewMemberAsync();
        await member.AddProjectAsync(platform.NewRepository().Write("a.cs", "class A;").Commit().Folder);

        var exitCode = await RunAsync(member, Token(member), file => { });

        Assert.True(exitCode == 0, _output.ToString());
        var metrics = JsonNode.Parse(await File.ReadAllTextAsync(Directory.GetFiles(_folder.FullName, "smoke-*.json").Single(), Cancel))![
            "metrics"
        ]!;
        Assert.Equal(0, (long)metrics["http_req_failed"]!["passes"]!);
        // The API's own records: one execution for each call of a tool, and for the two that were tried beforehand.
        var executions = (await member.GetAsync("/executions?limit=1")).Expect(HttpStatusCode.OK);
        var answered = _output
            .ToString()
            .Split('\n')
            .Where(line => line.TrimStart().StartsWith("search-", StringComparison.Ordinal))
            .Sum(line =>
                int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture)
            );
        Assert.Equal(answered + 2, (int)executions["total"]!);
        Assert.Equal(0, (int)(await member.GetAsync("/api-keys")).Expect(HttpStatusCode.OK)["total"]!);
    }

    [Fact]
    public async Task A_threshold_that_fails_decides_the_exit_code()
    {
        using var member = await platform.NewMemberAsync();
        await member.AddProjectAsync(platform.NewRepository().Write("a.cs", "class A;").Commit().Folder);

        var exitCode = await RunAsync(member, Token(member), file => file["groups"]!["api"]!["p95"] = 0.0001);

        Assert.Equal(LoadExitCode.ThresholdsFailed, exitCode);
        Assert.Contains("FAILED http_req_duration{group:api} p(95)<0.0001", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_not_write_leaves_the_writes_out()
    {
        using var member = await platform.NewMemberAsync();
        await member.AddProjectAsync(platform.NewRepository().Write("a.cs", "class A;").Commit().Folder);
        var key = (await member.PostAsync("/api-keys", new { name = "reader", scopes = new[] { "read", "execute" } })).Expect(
            HttpStatusCode.Created
        );

        Assert.Equal(0, await RunAsync(member, (string)key["key"]!, file => { }));

        Assert.Contains("Skipped, because this token is not allowed to: rename", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_run_is_stored_with_the_api()
    {
        using var admin = await platform.NewAdminAsync();
        using var member = await platform.NewMemberAsync();
        await member.AddProjectAsync(platform.NewRepository().Write("a.cs", "class A;").Commit().Folder);
        var scenario = $"s{Guid.CreateVersion7():N}";

        await RunAsync(
            admin,
            Token(admin),
            file =>
            {
                file["scenarios"]![scenario] = file["scenarios"]!["smoke"]!.DeepClone();
                // The administrator sees the projects of all tests, some of which cannot be searched.
                file["mix"] = new JsonArray(
                    file["mix"]!.AsArray().Where(entry => (string)entry!["group"]! != "tool").Select(entry => entry!.DeepClone()).ToArray()
                );
            },
            report: true,
            scenario
        );

        var stored = (await member.GetAsync($"/performance/load-tests?scenario={scenario}")).Expect(HttpStatusCode.OK);
        Assert.True((int)stored["total"]! == 1, _output.ToString());
        Assert.Equal("builtin", (string)stored["items"]![0]!["runner"]!);
    }

    [Fact]
    public async Task An_api_that_is_not_there_is_named()
    {
        var settings = new LoadSettings(
            new(new("http://127.0.0.1:9"), "token", null),
            _folder.FullName,
            ScenarioFile.StandardPath,
            Quick: true,
            Report: false
        );

        var refused = await Assert.ThrowsAsync<CommandException>(() => new ScenarioCommand(settings, _output).RunAsync("smoke", Cancel));

        Assert.Contains("No API answers at http://127.0.0.1:9/", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _output.Dispose();
    }

    private static string Token(ApiClient client) => client.Http.DefaultRequestHeaders.Authorization!.Parameter!;

    private async Task<int> RunAsync(
        ApiClient client,
        string token,
        Action<JsonNode> change,
        bool report = false,
        string scenario = "smoke"
    )
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(ScenarioFile.StandardPath, Cancel))!;
        file["warmUpSeconds"] = 0;
        file["thinkSeconds"]!["from"] = 0;
        file["thinkSeconds"]!["to"] = 0.01;
        file["scenarios"]!["smoke"]!["duration"] = "4s";
        // How fast this machine is at the moment is not the question here.
        foreach (var group in file["groups"]!.AsObject())
        {
            (group.Value!["p95"], group.Value["p99"]) = (60_000, 60_000);
        }
        change(file);
        var path = Path.Combine(_folder.FullName, "scenarios.json");
        await File.WriteAllTextAsync(path, file.ToJsonString(), Cancel);
        var settings = new LoadSettings(new(client.Http.BaseAddress!, token, null), _folder.FullName, path, Quick: false, report);
        return await new ScenarioCommand(settings, _output).RunAsync(scenario, Cancel);
    }
}
