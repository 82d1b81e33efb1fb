using System.Text.Json;
using ModelContextProtocol.Protocol;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Toolbox.Listings;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Executions, as tools: for what takes longer than an agent waits.</summary>
internal sealed class ExecutionTools(
    McpRequests requests,
    ExecutionReader reader,
    ToolRegistry registry,
    ExecutionCancellation cancellation,
    SweDbContext data,
    CurrentUser user,
    IHttpContextAccessor http,
    TimeProvider time
)
{
    public const string Output = "executions_output";

    private const string Id = "executionId";

    public static IReadOnlyList<PlatformTool> All { get; } =
    [
        new(
            "executions_start",
            "Starts a tool without waiting for it.",
            PlatformTarget.Nothing,
            ["tool", "arguments:object"],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<ExecutionTools>().StartAsync(arguments, token)
        ),
        new(
            "executions_status",
            "State of an execution.",
            PlatformTarget.Nothing,
            [Id],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<ExecutionTools>().GetStatusAsync(arguments, token)
        ),
        new(
            Output,
            "State of an execution, or its result from an item on.",
            PlatformTarget.Nothing,
            [Id, "?skip:integer"],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<ExecutionTools>().GetOutputAsync(arguments, token)
        ),
        new(
            "executions_cancel",
            "Ends an execution.",
            PlatformTarget.Nothing,
            [Id],
            PlatformTool.Writes,
            (services, arguments, token) => services.GetRequiredService<ExecutionTools>().CancelAsync(arguments, token)
        ),
    ];

    private async Task<CallToolResult> StartAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var name = arguments.Required("tool");
        var inner = arguments.Inner("arguments");
        arguments.End();
        var call = await requests.ReadAsync(name, inner, cancellationToken);
        var id = Guid.CreateVersion7();
        var key = IdempotencyKey.From(http.HttpContext!.Request, call.Request, user.Id, id, time.GetUtcNow());
        if (key is not null && await key.FindEarlierAsync(data, cancellationToken) is { } earlier)
        {
            return await ShowAsync(earlier, cancellationToken);
        }
        try
        {
            await requests.AcceptAsync(call, recordFirst: true, key, id, cancellationToken);
        }
        catch (PostgresException exception) when (key is not null && IdempotencyKeyMapping.IsTaken(exception))
        {
            // The same request came twice at the same time, and the other one was first.
            id = (await key.FindEarlierAsync(data, cancellationToken))!.Value;
        }
        return await ShowAsync(id, cancellationToken);
    }

    private async Task<CallToolResult> GetStatusAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var id = arguments.Id(Id);
        arguments.End();
        return await ShowAsync(id, cancellationToken);
    }

    private async Task<CallToolResult> GetOutputAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var (id, skip) = (arguments.Id(Id), arguments.Skip());
        arguments.End();
        var execution = await reader.FindAsync(id, user, cancellationToken) ?? throw Missing();
        if (await reader.FindResultAsync(id, user, cancellationToken) is { } stored)
        {
            var tool = await registry.FindAsync(execution.ToolName, user.Id, cancellationToken);
            var result = JsonElement.Parse(stored);
            // An import's tools may be gone, and what they answered is still here.
            return McpAnswer.Page(id, tool?.Tool.Show(result) ?? JsonListing.Of(result), skip, arguments.MaxTokens);
        }
        return execution.Error is { } error ? McpAnswer.Failed($"{error.Code}: {error.Message}") : Show(execution);
    }

    private async Task<CallToolResult> CancelAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var id = arguments.Id(Id);
        arguments.End();
        return Show(await cancellation.RequestAsync(id, cancellationToken) ?? throw Missing());
    }

    private async Task<CallToolResult> ShowAsync(Guid id, CancellationToken cancellationToken) =>
        Show(await reader.FindAsync(id, user, cancellationToken) ?? throw Missing());

    private static CallToolResult Show(ExecutionResponse execution) =>
        McpAnswer.Short(
            new
            {
                executionId = execution.Id,
                tool = McpNames.Of(execution.ToolName),
                execution.Status,
                execution.Error,
                execution.ResultBytes,
                execution.CreatedAt,
                execution.StartedAt,
                execution.FinishedAt,
            }
        );

    private static RequestException Missing() => RequestException.Invalid(Id, "There is no such execution.");
}
