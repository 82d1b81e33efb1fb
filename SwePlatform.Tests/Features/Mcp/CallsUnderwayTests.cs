using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.Features.Mcp;

/// <summary>Cancellations that come as a message of their own, while the request stays open.</summary>
public sealed class CallsUnderwayTests(Platform platform)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("an-id", false)]
    [InlineData("an-id", true)]
    [InlineData(1_000_017L, false)]
    public async Task A_cancellation_ends_the_job_at_once(object id, bool elsewhere)
    {
        using var client = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        await using var agent = await Agent.ConnectAsync(client, $"/mcp/projects/{project}", Agent.Handshake);
        var request = id is string text ? new RequestId(text) : new RequestId((long)id);
        var signal = NewSignal();
        var call = StartAsync(agent, request, signal);
        await Eventually.HoldsAsync(() => File.Exists($"{signal}.runs"));

        await using var replica = elsewhere ? platform.StartApi() : null;
        var sent = TimeProvider.System.GetUtcNow();
        if (replica is not null)
        {
            using var there = client.At(replica.ClientOptions.BaseAddress);
            await SendCancellationAsync(there, $"//mcp/projects/{project}", agent.Mcp.SessionId!, request.ToString());
        }
        else
        {
            await agent.Mcp.SendNotificationAsync(
                "notifications/cancelled",
                new CancelledNotificationParams { RequestId = request },
                cancellationToken: Cancel
            );
        }
        try
        {
            await call;
        }
        catch (OperationCanceledException)
        {
            // The client does not wait for what it has cancelled itself.
        }
        var last = await LastAsync(client);

        Assert.Equal("cancelled", (string)last["status"]!);
        Assert.InRange((DateTimeOffset)last["finishedAt"]! - sent, TimeSpan.Zero, AtOnce);
    }

    [Fact]
    public async Task A_cancellation_ends_no_call_of_another_session_or_user()
    {
        using var client = await platform.NewMemberAsync();
        using var stranger = await platform.NewMemberAsync();
        var project = await client.AddProjectAsync(platform.NewRepository().Write("a.txt", "a\n").Commit().Folder);
        var path = $"/mcp/projects/{project}";
        await using var agent = await Agent.ConnectAsync(client, path, Agent.Handshake);
        await using var sameUser = await Agent.ConnectAsync(client, path, Agent.Handshake);
        var signal = NewSignal();
        var id = new RequestId("mine");
        var call = StartAsync(agent, id, signal);
        await Eventually.HoldsAsync(() => File.Exists($"{signal}.runs"));

        await sameUser.Mcp.SendNotificationAsync(
            "notifications/cancelled",
            new CancelledNotificationParams { RequestId = id },
            cancellationToken: Cancel
        );
        await SendCancellationAsync(stranger, "//mcp", agent.Mcp.SessionId!, "mine");
        await File.WriteAllTextAsync($"{signal}.go", "", Cancel);
        await call;

        Assert.NotEqual(agent.Mcp.SessionId, sameUser.Mcp.SessionId);
        Assert.Equal("succeeded", (string)(await LastAsync(client))["status"]!);
    }

    [Fact]
    public async Task A_call_whose_token_is_cancelled_ends_at_once_and_frees_its_workspace()
    {
        using var bench = await Workbench.CreateAsync(platform, platform.NewRepository().Write("a.txt", "a\n").Commit());
        foreach (var version in new[] { Agent.Handshake, null })
        {
            await using var agent = await Agent.ConnectAsync(bench.Client, $"/mcp/projects/{bench.Project}", version);
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var arguments = new Dictionary<string, object?>
            {
                ["workspace"] = bench.Name,
                ["command"] = new[] { "sh", "-c", "touch begun; sleep 600" },
                ["timeoutSeconds"] = 600,
            };
            var call = agent.Mcp.CallToolAsync("process_run", arguments, cancellationToken: giveUp.Token).AsTask();
            await Eventually.FindAsync(async () =>
                (await bench.Client.GetAsync("/executions?toolName=process.run&status=running")).Expect(HttpStatusCode.OK)["items"]!
                    .AsArray()
                    .FirstOrDefault()
            );

            var sent = Stopwatch.GetTimestamp();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            // One that writes waits for the workspace.
            await agent.CallAsync(
                "files_write",
                new
                {
                    workspace = bench.Name,
                    path = "a.txt",
                    content = "b\n",
                }
            );
            var took = Stopwatch.GetElapsedTime(sent);

            Assert.True(took < AtOnce * 3, $"It took {took.TotalMilliseconds} ms.");
        }
    }

    private string NewSignal() => Path.Combine(platform.RepositoryRoot, $"signal-{Guid.CreateVersion7():N}");

    private static Task<JsonRpcResponse> StartAsync(Agent agent, RequestId id, string signal) =>
        agent.Mcp.SendRequestAsync(
            new JsonRpcRequest
            {
                Id = id,
                Method = RequestMethods.ToolsCall,
                Params = new JsonObject
                {
                    ["name"] = "test_wait",
                    ["arguments"] = new JsonObject { ["file"] = signal },
                },
            },
            Cancel
        );

    private static async Task SendCancellationAsync(ApiClient client, string path, string session, string id)
    {
        var message = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["method"] = "notifications/cancelled",
            ["params"] = new JsonObject { ["requestId"] = id },
        };
        var answer = await client.SendAsync(
            HttpMethod.Post,
            path,
            new StringContent(message.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("Mcp-Session-Id", session),
            ("MCP-Protocol-Version", Agent.Handshake)
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    private static async Task<JsonNode> LastAsync(ApiClient client) =>
        await Eventually.FindAsync(async () =>
            (await client.GetAsync("/executions?toolName=test.wait")).Expect(HttpStatusCode.OK)["items"]!.AsArray().FirstOrDefault()
                is { } last
            && last["finishedAt"] is not null
                ? last
                : null
        );
}
