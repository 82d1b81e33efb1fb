using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using SwePlatform.Web.Clients;
using Xunit;

namespace SwePlatform.Tests.Web.Clients;

/// <summary>What the front end reads of executions, as the API writes it.</summary>
public sealed class ExecutionContractTests(Platform platform)
{
    [Fact]
    public async Task Every_member_of_the_front_ends_records_is_one_of_the_apis()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a").Commit());
        var answer = (await bench.ExecuteAsync("process.run", new { command = new[] { "sh", "-c", "exit 3" } })).Expect(HttpStatusCode.OK);
        var list = (await bench.Client.GetAsync("/executions")).Expect(HttpStatusCode.OK);
        var stored = (await bench.Client.GetAsync($"/executions/{answer["executionId"]}")).Expect(HttpStatusCode.OK);

        var run = Read<ToolExecutionDto>(answer, nameof(ToolExecutionDto.Id));
        var summary = Read<ExecutionSummaryDto>(list["items"]![0]!);
        var execution = Read<ExecutionDto>(stored);

        Assert.Equal(("succeeded", "failed", "exit 3", false), (run.Status, run.Outcome, run.OutcomeText, run.IsUnfinished));
        Assert.Equal(("succeeded", "failed", "exit 3"), (summary.Status, summary.Outcome, summary.OutcomeText));
        Assert.Equal(("succeeded", "failed", "exit 3"), (execution.Status, execution.Outcome, execution.OutcomeText));
        var followed = ToolExecutionDto.From(execution);
        Assert.Equal((run.ExecutionId, run.Success, run.Outcome), (followed.ExecutionId, followed.Success, followed.Outcome));
        Assert.Equal(3, followed.Result!.Value.GetProperty("exitCode").GetInt32());
    }

    private static T Read<T>(JsonNode json, params string[] elsewhere)
    {
        var members = typeof(T).GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!.GetParameters();
        foreach (var name in members.Select(member => member.Name!).Except(elsewhere))
        {
            Assert.True(
                json.AsObject().ContainsKey(JsonNamingPolicy.CamelCase.ConvertName(name)),
                $"The API writes no '{name}' for {typeof(T).Name}: {json.ToJsonString()}"
            );
        }
        return json.Deserialize<T>(JsonSerializerOptions.Web)!;
    }
}
