using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Run;

/// <summary>One call of a tool, from the request to the result, however long it takes.</summary>
internal sealed class RemoteExecution(ApiClient client, TextWriter progress)
{
    // Shorter calls are answered at once; longer ones are worth being followed.
    private const int WaitSeconds = 2;
    private const int Reconnects = 10;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(10);

    /// <returns>The API's answer; one that came later has the same members.</returns>
    public async Task<JsonNode> RunAsync(JsonObject call, bool noCache, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, client.Resolve("/api/v1/tools/execute"))
        {
            Content = JsonContent.Create(call),
        };
        request.Headers.Add("Prefer", $"wait={WaitSeconds}");
        if (noCache)
        {
            request.Headers.CacheControl = new() { NoCache = true };
        }
        // Whoever goes away before the answer cancels the execution by that.
        using var response = await client.SendAsync(request, cancellationToken);
        var answer = await ApiClient.ReadAsync(response, cancellationToken);
        return response.StatusCode == HttpStatusCode.Accepted ? await FollowAsync((string)answer["id"]!, cancellationToken) : answer;
    }

    private async Task<JsonNode> FollowAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            // At a terminal only: elsewhere nobody waits for news, and what a program wrote is in the result.
            await (
                TerminalDetection.IsAt(progress)
                    ? WorkProgress.RunAsync(progress, work => WaitAsync(id, work.Report, cancellationToken))
                    : WaitAsync(id, (_, _) => { }, cancellationToken)
            );
            return await GetAsync(id, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(id);
            throw;
        }
    }

    private async Task<bool> WaitAsync(string id, Action<string, double?> report, CancellationToken cancellationToken)
    {
        report("Waiting", null);
        var last = "";
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await foreach (var item in ReadEventsAsync(id, last, cancellationToken))
                {
                    attempt = 0;
                    last = item.EventId ?? last;
                    if (item.EventType == "completed")
                    {
                        return true;
                    }
                    if (Describe(item) is { } text)
                    {
                        report(text, null);
                    }
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException && attempt < Reconnects)
            {
                // The stream resumes where it broke off, on any replica.
                report("Reconnecting", null);
            }
            catch (HttpRequestException exception)
            {
                throw new CommandException(
                    $"The API is no longer reachable ({exception.Message}) Execution {id} continues; look it up later.",
                    exception
                );
            }
            await Task.Delay(ReconnectDelay, cancellationToken);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> ReadEventsAsync(
        string id,
        string last,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, client.Resolve($"/api/v1/executions/{id}/events"));
        if (last.Length > 0)
        {
            request.Headers.Add("Last-Event-ID", last);
        }
        using var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    private static string? Describe(SseItem<string> item)
    {
        var data = JsonNode.Parse(item.Data);
        var text = item.EventType switch
        {
            "status" => (string?)data?["status"],
            "output" => ((string?)data?["text"])?.TrimEnd().Split('\n')[^1].Trim(),
            _ => null,
        };
        return text is { Length: > 0 } ? SafeText.Line(text) : null;
    }

    private async Task<JsonNode> GetAsync(string id, CancellationToken cancellationToken)
    {
        var execution = (await client.GetAsync($"/api/v1/executions/{id}", cancellationToken)).AsObject();
        var result = execution["outputUrl"] is { } output
            ? await client.GetAsync((string)output!, cancellationToken)
            : execution["result"]?.DeepClone();
        var status = (string?)execution["status"];
        return new JsonObject
        {
            ["executionId"] = id,
            ["success"] = status == "succeeded",
            ["status"] = status,
            ["outcome"] = execution["outcome"]?.DeepClone(),
            ["outcomeText"] = execution["outcomeText"]?.DeepClone(),
            ["result"] = result,
            ["error"] = execution["error"]?.DeepClone(),
            ["cached"] = execution["cached"]?.DeepClone(),
            ["commit"] = execution["commit"]?.DeepClone(),
            ["timings"] = execution["timings"]?.DeepClone(),
        };
    }

    private async Task CancelAsync(string id)
    {
        try
        {
            using var timeout = new CancellationTokenSource(CancelTimeout);
            await client.PostAsync($"/api/v1/executions/{id}/cancel", null, timeout.Token);
            await progress.WriteLineAsync($"Cancelled execution {id}.");
        }
        catch (Exception exception) when (exception is CommandException or OperationCanceledException)
        {
            await progress.WriteLineAsync($"Execution {id} could not be cancelled: {exception.Message}");
        }
    }
}
