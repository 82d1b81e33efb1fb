using System.Text;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure;

namespace SwePlatform.Api.Features.Executions;

/// <summary>An execution in a list: all but its arguments and result.</summary>
/// <param name="ResultBytes">Size of the result in bytes.</param>
public sealed record ExecutionSummary(
    Guid Id,
    string ToolName,
    Guid? ProjectId,
    string? Commit,
    string? Workspace,
    ExecutionStatus Status,
    bool Cached,
    ToolError? Error,
    int? ResultBytes,
    Timings Timings,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt
);

/// <param name="Result">The result; null if it is larger than 64 KiB, then <paramref name="OutputUrl"/> has it.</param>
/// <param name="OutputUrl">Where a large result is.</param>
/// <param name="EventsUrl">Where to follow it while it is not finished.</param>
public sealed record ExecutionResponse(
    Guid Id,
    Guid UserId,
    string ToolName,
    Guid? ProjectId,
    string? Commit,
    string? Workspace,
    RawJson Arguments,
    ExecutionStatus Status,
    bool Cached,
    RawJson? Result,
    string? OutputUrl,
    int? ResultBytes,
    ToolError? Error,
    Timings Timings,
    string EventsUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt
)
{
    internal static ExecutionResponse From(Execution execution)
    {
        var isLarge = execution is { Result: null, ResultBytes: not null };
        return new(
            execution.Id,
            execution.UserId,
            execution.ToolName,
            execution.ProjectId,
            execution.Commit,
            execution.Workspace,
            new(Encoding.UTF8.GetBytes(execution.Arguments)),
            execution.Status,
            execution.Cached,
            execution.Result is { } result ? new(Encoding.UTF8.GetBytes(result)) : null,
            isLarge ? $"/api/v1/executions/{execution.Id}/output" : null,
            execution.ResultBytes,
            execution.ErrorCode is { } code ? new(code, execution.ErrorMessage!) : null,
            execution.Timings,
            $"/api/v1/executions/{execution.Id}/events",
            execution.CreatedAt,
            execution.StartedAt,
            execution.FinishedAt
        );
    }
}
