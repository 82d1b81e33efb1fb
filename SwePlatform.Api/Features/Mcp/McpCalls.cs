using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Runs tools for agents, and keeps what they get short enough for a context window.</summary>
internal sealed class McpCalls(
    McpTools tools,
    ToolCalls calls,
    ExecutionReader reader,
    ExecutionEvents events,
    SweDbContext data,
    CurrentUser user
)
{
    /// <summary>Characters of a result that are given at a time: some 5,000 tokens.</summary>
    public const int MaxCharacters = 20_000;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    public async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        if (request.Params?.Name is not { Length: > 0 })
        {
            throw new McpProtocolException("Name a tool: params need the member 'name'.", McpErrorCode.InvalidParams);
        }
        try
        {
            var arguments = new JsonObject(
                (request.Params.Arguments ?? new Dictionary<string, JsonElement>()).Select(argument =>
                    KeyValuePair.Create(argument.Key, JsonNode.Parse(argument.Value.GetRawText()))
                )
            );
            // Some agents cannot say a dot.
            return request.Params.Name.Replace('_', '.') switch
            {
                McpTools.ListProjects => await ListProjectsAsync(cancellationToken),
                McpTools.ReadResult => await ReadResultAsync(arguments, cancellationToken),
                _ => await RunAsync(request, arguments, cancellationToken),
            };
        }
        catch (RequestException exception)
        {
            return Failed(
                exception.Errors is { } errors
                    ? string.Join(
                        '\n',
                        errors.Select(error =>
                            $"{error.Key.Replace("arguments.", "", StringComparison.Ordinal)}: {string.Join(' ', error.Value)}"
                        )
                    )
                    : exception.Message
            );
        }
    }

    private async Task<CallToolResult> RunAsync(
        RequestContext<CallToolRequestParams> request,
        JsonObject arguments,
        CancellationToken cancellationToken
    )
    {
        var tool = await tools.FindAsync(request.Params!.Name, cancellationToken);
        var call = tool.NeedsProject
            ? new ExecuteToolRequest(
                tool.Name,
                await tools.FindProjectAsync(Take(arguments, McpTools.Project), cancellationToken),
                Take(arguments, McpTools.Ref),
                Take(arguments, McpTools.Workspace),
                JsonSerializer.SerializeToElement(arguments)
            )
            : new ExecuteToolRequest(tool.Name, Arguments: JsonSerializer.SerializeToElement(arguments));
        var accepted = await calls.AcceptAsync(
            call,
            noCache: false,
            recordFirst: false,
            key: null,
            Guid.CreateVersion7(),
            cancellationToken
        );
        var result = await WaitAsync(accepted, request, cancellationToken);

        var answer = result.Outcome.Error is { } error
            ? Failed($"{error.Code}: {error.Message}")
            : Show(accepted.ExecutionId, Encoding.UTF8.GetString(result.Outcome.Result!), 0);
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

    private async Task<CallToolResult> ListProjectsAsync(CancellationToken cancellationToken)
    {
        var projects = await data
            .Projects.AsNoTracking()
            .VisibleTo(user)
            .OrderByDescending(project => project.Id)
            .Take(500)
            .Select(project => new
            {
                project.Id,
                project.Name,
                project.Status,
                project.DefaultBranch,
                project.HeadCommit,
                project.StatusMessage,
            })
            .ToListAsync(cancellationToken);
        return Text(JsonSerializer.Serialize(new { projects }, ToolJson.Options));
    }

    private async Task<CallToolResult> ReadResultAsync(JsonObject arguments, CancellationToken cancellationToken)
    {
        if (
            !Guid.TryParse(Take(arguments, "executionId"), out var id)
            || await reader.FindResultAsync(id, user, cancellationToken) is not { } stored
        )
        {
            throw RequestException.Invalid("executionId", "There is no such execution, or it has no result.");
        }
        var json = Encoding.UTF8.GetString(stored);
        var offset =
            arguments["offset"] is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0
                ? number
                : throw RequestException.Invalid("offset", "Must be a number of characters, 0 or more.");
        return Show(id, json, Math.Min(offset, json.Length));
    }

    private static CallToolResult Show(Guid executionId, string json, int offset)
    {
        var end = Math.Min(json.Length, offset + MaxCharacters);
        // Not between the two halves of one character.
        end -= end < json.Length && char.IsHighSurrogate(json[end - 1]) ? 1 : 0;
        var answer = Text(json[offset..end]);
        if (end < json.Length)
        {
            answer.Content.Add(
                new TextContentBlock
                {
                    Text =
                        $"The result has {json.Length} characters; these were {offset} to {end}. Read on with {McpTools.ReadResult} "
                        + $"{{\"executionId\": \"{executionId}\", \"offset\": {end}}}, or ask for less.",
                }
            );
        }
        return answer;
    }

    private static string? Take(JsonObject arguments, string name)
    {
        var value = arguments[name];
        arguments.Remove(name);
        return value is null ? null
            : value.GetValueKind() == JsonValueKind.String ? (string?)value
            : throw RequestException.Invalid(name, "Must be a text.");
    }

    private static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    private static CallToolResult Failed(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };
}
