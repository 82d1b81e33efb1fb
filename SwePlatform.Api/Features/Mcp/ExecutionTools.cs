using System.Text;
using ModelContextProtocol.Protocol;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Executions, as tools: for what takes longer than an agent waits.</summary>
internal sealed class ExecutionTools(
    McpRequests requests,
    ExecutionReader reader,
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
            "Starts a tool with its arguments and does not wait: for long builds and tests.",
            PlatformTarget.Nothing,
            ["tool", "arguments:object"],
            PlatformTool.Destroys,
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
            "Result of an execution, from a character on.",
            PlatformTarget.Nothing,
            [Id, "?offset:integer"],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<ExecutionTools>().GetOutputAsync(arguments, token)
        ),
        new(
            "executions_cancel",
            "Ends an execution.",
            PlatformTarget.Nothing,
            [Id],
            PlatformTool.Adds,
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
        var (id, offset) = (arguments.Id(Id), arguments.NotNegative("offset"));
        arguments.End();
        if (await reader.FindResultAsync(id, user, cancellationToken) is { } stored)
        {
            return McpAnswer.Part(id, Encoding.UTF8.GetString(stored), offset);
        }
        var execution = await reader.FindAsync(id, user, cancellationToken) ?? throw Missing();
        return execution.Error is { } error
            ? McpAnswer.Failed($"{error.Code}: {error.Message}")
            : throw RequestException.Conflict($"The execution is {EnumText.Write(execution.Status)}, and has no result yet.");
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
        McpAnswer.Json(
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
