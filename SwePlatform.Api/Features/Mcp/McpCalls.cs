using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Runs tools for agents, and waits for what comes of them.</summary>
internal sealed class McpCalls(
    McpTools tools,
    ToolSelection selection,
    McpRequests requests,
    ToolCalls calls,
    ExecutionEvents events,
    CallsUnderway underway,
    IHttpContextAccessor http,
    IOptions<McpOptions> options
)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    public async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        if (request.Params?.Name is not { Length: > 0 } name)
        {
            throw new McpProtocolException("Name a tool: params need the member 'name'.", McpErrorCode.InvalidParams);
        }
        using var call = underway.Begin(CallKey.Of(http.HttpContext!, request.JsonRpcRequest.Id), cancellationToken);
        try
        {
            var arguments = new McpArguments(request.Params.Arguments, options.Value.AnswerTokens);
            if (PlatformTools.Find(name)?.Name == SearchTools.Call)
            {
                arguments.TakeBudget();
                name = arguments.Required("name");
                var inner = arguments.Inner("arguments");
                arguments.End();
                arguments = inner.WithBudgetOf(arguments);
            }
            var answer =
                PlatformTools.Find(name) is { } own && own.IsOfferedTo(tools.BoundProject)
                    ? await RunAsync(own, request, arguments.TakeBudget(), call.Token)
                    : await RunAsync(request, name, arguments, call.Token);
            return McpAnswer.Fit(answer, arguments.MaxTokens);
        }
        catch (RequestException exception)
        {
            return McpAnswer.Failed(exception);
        }
        catch (OperationCanceledException) when (call.IsCancelledByAgent && !cancellationToken.IsCancellationRequested)
        {
            // Nobody reads this, but it ends the answer that the agent no longer waits for.
            return McpAnswer.Failed("cancelled: The agent cancelled the call.");
        }
    }

    private async Task<CallToolResult> RunAsync(
        PlatformTool own,
        RequestContext<CallToolRequestParams> request,
        McpArguments arguments,
        CancellationToken cancellationToken
    )
    {
        selection.Check(own.Name, own.IsReadOnly);
        return own.Name == SearchTools.Call
            ? throw RequestException.Invalid("name", $"{SearchTools.Call} does not call itself.")
            : await own.RunAsync(request.Services!, arguments, cancellationToken);
    }

    private async Task<CallToolResult> RunAsync(
        RequestContext<CallToolRequestParams> request,
        string name,
        McpArguments arguments,
        CancellationToken cancellationToken
    )
    {
        var call = await requests.ReadAsync(name, arguments, cancellationToken);
        var accepted = await requests.AcceptAsync(call, recordFirst: false, key: null, Guid.CreateVersion7(), cancellationToken);
        var result = await WaitAsync(accepted, request, cancellationToken);

        var answer = result.Outcome.Error is { } error
            ? McpAnswer.Failed($"{error.Code}: {error.Message}")
            : McpAnswer.Page(
                accepted.ExecutionId,
                call.Tool.Show(JsonElement.Parse(result.Outcome.Result!)),
                skip: null,
                arguments.MaxTokens
            );
        answer.Meta = new()
        {
            ["executionId"] = accepted.ExecutionId.ToString(),
            ["status"] = EnumText.Write(result.Outcome.Status),
            ["outcome"] = EnumText.Write(result.Outcome.Outcome),
            ["outcomeText"] = result.Outcome.Text,
            ["cached"] = result.Cached,
            ["commit"] = result.Commit?.Commit,
            ["timings"] = JsonSerializer.SerializeToNode(result.Timings, ToolJson.Options),
        };
        return answer;
    }

    private async Task<JobResult> WaitAsync(
        ToolCall call,
        RequestContext<CallToolRequestParams> request,
        CancellationToken cancellationToken
    )
    {
        var waiting = calls.WaitAsync(call, Timeout.InfiniteTimeSpan, cancellationToken);
        var seen = 0;
        for (var step = 1; await Task.WhenAny(waiting, Task.Delay(ProgressInterval, CancellationToken.None)) != waiting; step++)
        {
            if (request.Params!.ProgressToken is { } token && !cancellationToken.IsCancellationRequested)
            {
                var fresh = await events.ReadAsync(call.ExecutionId, seen) ?? [];
                seen += fresh.Count;
                await request.Server.NotifyProgressAsync(
                    token,
                    new() { Progress = step, Message = LastLine(fresh) ?? "running" },
                    cancellationToken: CancellationToken.None
                );
            }
        }
        return (await waiting)!;
    }

    private static string? LastLine(IReadOnlyList<ExecutionEvent> fresh) =>
        fresh.LastOrDefault(item => item.Type == ExecutionEvent.Output) is { } output
        && ((string?)JsonNode.Parse(output.Data)!["text"])?.TrimEnd().Split('\n')[^1] is { Length: > 0 } line
            ? line
            : null;
}
