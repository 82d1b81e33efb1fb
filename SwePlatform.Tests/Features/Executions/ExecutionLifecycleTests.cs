using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Npgsql;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Executions;

/// <summary>Executions that take longer than their callers wait, on one replica and on two.</summary>
public sealed class ExecutionLifecycleTests(Platform platform) : IAsyncLifetime
{
    private readonly string _signal = Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}");
    private ApiClient _client = null!;
    private Guid _project;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static readonly (string, string) Async = ("Prefer", "respond-async");

    public async ValueTask InitializeAsync()
    {
        _client = await platform.NewMemberAsync();
        _project = await _client.AddProjectAsync(platform.NewRepository().Write("a.txt", _signal).Commit().Folder);
    }

    public ValueTask DisposeAsync()
    {
        Go();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_gets_the_result_later()
    {
        var accepted = await _client.ExecuteAsync("test.wait", _project, new { file = _signal }, Async);
        var body = accepted.Expect(HttpStatusCode.Accepted);
        Assert.Equal($"/api/v1/executions/{body["id"]}", accepted.Headers.Location!.ToString());
        Assert.Equal("respond-async", accepted.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("running", (string)body["status"]!);

        Go();
        var finished = await FinishAsync(_client, (Guid)body["id"]!);

        Assert.Equal("succeeded", (string)finished["status"]!);
        Assert.Equal(1, (int)finished["result"]!["runs"]!);
    }

    [Fact]
    public async Task A_call_that_passes_its_wait_goes_on_without_its_caller()
    {
        var accepted = await _client.ExecuteAsync("test.wait", _project, new { file = _signal }, ("Prefer", "wait=1"));

        var id = (Guid)accepted.Expect(HttpStatusCode.Accepted)["id"]!;
        Go();
        Assert.Equal("succeeded", (string)(await FinishAsync(_client, id))["status"]!);
    }

    [Fact]
    public async Task Events_tell_the_story_and_can_be_resumed_at_any_replica()
    {
        await using var other = platform.StartApi();
        using var elsewhere = _client.At(other.ClientOptions.BaseAddress);
        var id = (Guid)
            (await _client.ExecuteAsync("test.wait", _project, new { file = _signal }, Async)).Expect(HttpStatusCode.Accepted)["id"]!;

        var seen = new List<SseItem<string>>();
        await foreach (var item in elsewhere.FollowAsync(id))
        {
            seen.Add(item);
            if (item.Data.Contains("started", StringComparison.Ordinal))
            {
                Go();
            }
        }
        var resumed = new List<SseItem<string>>();
        await foreach (var item in _client.FollowAsync(id, seen.First(item => item.EventId is not null).EventId))
        {
            resumed.Add(item);
        }

        Assert.Equal("completed", seen[^1].EventType);
        Assert.Equal("succeeded", (string)JsonNode.Parse(seen[^1].Data)!["status"]!);
        Assert.Equal(
            "started\nended\n",
            string.Concat(seen.Where(item => item.EventType == "output").Select(item => (string)JsonNode.Parse(item.Data)!["text"]!))
        );
        Assert.Equal(seen.Where(item => item.EventId is not null).Skip(1).Select(item => item.Data), resumed.Select(item => item.Data));
        (await _client.SendAsync(HttpMethod.Get, $"/executions/{id}/events", null, ("Last-Event-ID", "x"))).ExpectFieldError(
            "last-Event-ID"
        );
    }

    [Fact]
    public async Task Any_replica_can_cancel()
    {
        await using var other = platform.StartApi();
        using var elsewhere = _client.At(other.ClientOptions.BaseAddress);
        var id = (Guid)
            (await _client.ExecuteAsync("test.wait", _project, new { file = _signal }, Async)).Expect(HttpStatusCode.Accepted)["id"]!;

        (await elsewhere.PostAsync($"/executions/{id}/cancel")).Expect(HttpStatusCode.Accepted);

        var finished = await FinishAsync(_client, id);
        Assert.Equal(("cancelled", "cancelled"), ((string)finished["status"]!, (string)finished["error"]!["code"]!));
        using var stranger = await platform.NewMemberAsync();
        (await stranger.PostAsync($"/executions/{id}/cancel")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.GetAsync($"/executions/{id}/events")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_caller_that_goes_away_takes_its_execution_with_it()
    {
        using (var gone = new CancellationTokenSource())
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tools/execute"))
        {
            request.Content = System.Net.Http.Json.JsonContent.Create(
                new
                {
                    toolName = "test.wait",
                    projectId = _project,
                    arguments = new { file = _signal },
                }
            );
            var call = _client.Http.SendAsync(request, gone.Token);
            await WaitForRunsAsync(1);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        // Its row is written with its end.
        var execution = await Eventually.FindAsync(async () =>
            (await _client.GetAsync("/executions?toolName=test.wait")).Expect(HttpStatusCode.OK)["items"]!.AsArray().FirstOrDefault()
        );
        var id = (Guid)execution["id"]!;
        Assert.Equal("cancelled", (string)(await FinishAsync(_client, id))["status"]!);
    }

    [Fact]
    public async Task An_execution_whose_replica_died_is_run_again_if_it_may_be()
    {
        var id = (Guid)
            (await _client.ExecuteAsync("test.wait", _project, new { file = _signal }, Async)).Expect(HttpStatusCode.Accepted)["id"]!;
        await WaitForRunsAsync(1);
        await PretendReplicaDiedAsync(id);

        await WaitForRunsAsync(2);
        Go();

        var finished = await FinishAsync(_client, id);
        Assert.Equal("succeeded", (string)finished["status"]!);
    }

    [Fact]
    public async Task An_execution_whose_replica_died_fails_if_it_must_not_be_repeated()
    {
        var id = (Guid)
            (await _client.ExecuteAsync("test.once", _project, new { file = _signal }, Async)).Expect(HttpStatusCode.Accepted)["id"]!;
        await WaitForRunsAsync(1);
        await PretendReplicaDiedAsync(id);

        var finished = await FinishAsync(_client, id);

        Assert.Equal(("failed", "interrupted"), ((string)finished["status"]!, (string)finished["error"]!["code"]!));
        Assert.Single(await File.ReadAllLinesAsync($"{_signal}.runs", Cancel));
    }

    [Fact]
    public async Task A_hundred_equal_calls_run_once()
    {
        var calls = Enumerable.Range(0, 100).Select(_ => _client.ExecuteAsync("test.wait", _project, new { file = _signal })).ToList();
        await WaitForRunsAsync(1);
        // All are in: each has its row before the tool may end.
        await Eventually.HoldsAsync(async () =>
            (int)(await _client.GetAsync("/executions?toolName=test.wait")).Expect(HttpStatusCode.OK)["total"]! == 100
        );
        Go();
        var answers = (await Task.WhenAll(calls)).Select(answer => answer.Expect(HttpStatusCode.OK)).ToList();

        Assert.Single(await File.ReadAllLinesAsync($"{_signal}.runs", Cancel));
        Assert.All(answers, answer => Assert.Equal(1, (int)answer["result"]!["runs"]!));
        Assert.Equal(1, answers.Count(answer => !(bool)answer["cached"]!));
        Assert.Equal(100, answers.Select(answer => (string)answer["executionId"]!).Distinct().Count());
    }

    [Fact]
    public async Task A_key_makes_a_call_repeatable()
    {
        Go();
        var key = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        var first = await _client.ExecuteAsync("test.once", _project, new { file = _signal }, key);
        var again = await _client.ExecuteAsync("test.once", _project, new { file = _signal }, key);
        var later = await _client.ExecuteAsync("test.once", _project, new { file = _signal }, key, Async);
        var crowd = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ => _client.ExecuteAsync("test.once", _project, new { file = _signal }, ("Idempotency-Key", $"{key.Item2}-crowd")))
        );

        Assert.Equal(
            first.Expect(HttpStatusCode.OK)["executionId"]!.ToString(),
            again.Expect(HttpStatusCode.OK)["executionId"]!.ToString()
        );
        Assert.Equal(first.Body!["result"]!.ToJsonString(), again.Body!["result"]!.ToJsonString());
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(first.Body["executionId"]!.ToString(), later.Expect(HttpStatusCode.Accepted)["id"]!.ToString());
        Assert.Single(crowd.Select(answer => answer.Expect(HttpStatusCode.OK)["executionId"]!.ToString()).Distinct());
        Assert.Equal(2, (await File.ReadAllLinesAsync($"{_signal}.runs", Cancel)).Length);
        (await _client.ExecuteAsync("test.once", _project, new { file = _signal, fail = true }, key)).ExpectProblem(
            HttpStatusCode.UnprocessableEntity
        );
    }

    [Fact]
    public async Task A_key_makes_a_registration_repeatable()
    {
        var repository = platform.NewRepository().Write("a.txt", "a").Commit();
        Task<Answer> Create(string name) =>
            _client.SendAsync(
                HttpMethod.Post,
                "/projects",
                System.Net.Http.Json.JsonContent.Create(new { name, repositoryUrl = repository.Folder }),
                ("Idempotency-Key", "one-key")
            );

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Create("mine")));

        Assert.Single(answers.Select(answer => answer.Expect(HttpStatusCode.Created)["id"]!.ToString()).Distinct());
        (await Create("other")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
    }

    private void Go() => File.WriteAllText($"{_signal}.go", "");

    private Task WaitForRunsAsync(int count) =>
        Eventually.HoldsAsync(async () =>
            File.Exists($"{_signal}.runs") && (await File.ReadAllLinesAsync($"{_signal}.runs", Cancel)).Length >= count
        );

    // What the database looks like after the replica was killed and its lease ran out.
    private async Task PretendReplicaDiedAsync(Guid id)
    {
        await using var database = NpgsqlDataSource.Create(platform.DatabaseConnectionString);
        await using var command = database.CreateCommand(
            $"UPDATE executions SET lease_owner = gen_random_uuid(), lease_until = now() - interval '1 minute' WHERE id = '{id}'"
        );
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    private static Task<JsonNode> FinishAsync(ApiClient client, Guid id) =>
        Eventually.FindAsync(async () =>
            (await client.GetAsync($"/executions/{id}")).Expect(HttpStatusCode.OK) is var execution && execution["finishedAt"] is not null
                ? execution
                : null
        );
}
