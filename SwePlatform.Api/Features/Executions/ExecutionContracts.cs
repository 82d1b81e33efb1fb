using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Executions;

/// <summary>An execution in a list: all but its result.</summary>
/// <param name="User">Who called; null if it is no longer known.</param>
/// <param name="ProjectName">The project's name, if there is one still.</param>
/// <param name="ArgumentsText">The arguments in one short line.</param>
/// <param name="Outcome">How it came out: <c>passed</c>, <c>failed</c> if the result is a bad one (tests failed, errors of a build, an exit
/// code other than 0), <c>error</c> if there is no result.</param>
/// <param name="OutcomeText">Why, in a few words such as <c>exit 3</c> or <c>2 of 340 failed</c>; null if there is nothing to add.</param>
/// <param name="ResultBytes">Size of the result in bytes.</param>
public sealed record ExecutionSummary(
    Guid Id,
    string ToolName,
    string ArgumentsText,
    ExecutionUser? User,
    Guid? ProjectId,
    string? ProjectName,
    string? Commit,
    string? Workspace,
    ExecutionStatus Status,
    ExecutionOutcome Outcome,
    string? OutcomeText,
    bool Cached,
    ToolError? Error,
    int? ResultBytes,
    Timings Timings,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt
);

/// <summary>Who called.</summary>
public sealed record ExecutionUser(Guid Id, string DisplayName);

/// <summary>How many executions there were in a span of time, by how they came out.</summary>
public sealed record ExecutionActivity(
    DateTimeOffset From,
    DateTimeOffset To,
    double BucketSeconds,
    IReadOnlyList<ExecutionBucket> Buckets
);

/// <param name="At">Where the bucket begins.</param>
/// <param name="Failed">With the outcome <c>failed</c>, <c>error</c> or <c>timed_out</c>.</param>
/// <param name="Other">Cancelled, or not at their end.</param>
public sealed record ExecutionBucket(DateTimeOffset At, int Passed, int Failed, int Other);

/// <param name="Outcome">How it came out: <c>passed</c>, <c>failed</c> if the result is a bad one (tests failed, errors of a build, an exit
/// code other than 0), <c>error</c> if there is no result.</param>
/// <param name="OutcomeText">Why, in a few words such as <c>exit 3</c> or <c>2 of 340 failed</c>; null if there is nothing to add.</param>
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
    ExecutionOutcome Outcome,
    string? OutcomeText,
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
            ExecutionOutcomes.Of(execution.Outcome, execution.Status),
            execution.OutcomeText,
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

/// <param name="ToolName">Such as <c>code.search</c>.</param>
/// <param name="ProjectId">The project to run on.</param>
/// <param name="Ref">Branch, tag or commit; the project's default branch if absent.</param>
/// <param name="Workspace">Name of a branch workspace, for tools that write, and to read what they wrote.</param>
/// <param name="Arguments">As the tool's <c>inputSchema</c> says.</param>
public sealed record ExecuteToolRequest(
    [Required, StringLength(200, MinimumLength = 1)] string ToolName,
    Guid? ProjectId = null,
    [StringLength(255, MinimumLength = 1)] string? Ref = null,
    [StringLength(100, MinimumLength = 1)] string? Workspace = null,
    JsonElement? Arguments = null
);

/// <summary>Why a tool gave no result.</summary>
/// <param name="Code">For programs: <c>not_found</c>, <c>unsupported</c>, <c>timed_out</c>, <c>cancelled</c>, <c>internal</c>.</param>
public sealed record ToolError(string Code, string Message);

/// <summary>What came of an execution.</summary>
/// <param name="Outcome">How it came out: <c>passed</c>, <c>failed</c> if the result is a bad one (tests failed, errors of a build, an exit
/// code other than 0), <c>error</c> if there is no result.</param>
/// <param name="OutcomeText">Why, in a few words such as <c>exit 3</c> or <c>2 of 340 failed</c>; null if there is nothing to add.</param>
/// <param name="Commit">The commit that the tool read.</param>
public sealed record ExecuteToolResponse(
    Guid ExecutionId,
    bool Success,
    ExecutionStatus Status,
    ExecutionOutcome Outcome,
    string? OutcomeText,
    RawJson? Result,
    ToolError? Error,
    bool Cached,
    string? Commit,
    Timings Timings
);
