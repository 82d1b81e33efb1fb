using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Tools;

/// <param name="InputSchema">JSON Schema (2020-12) of the arguments.</param>
/// <param name="NeedsProject">Whether a call has to name a project.</param>
public sealed record ToolResponse(
    string Name,
    string Title,
    string Description,
    string Category,
    JsonElement InputSchema,
    ToolAnnotations Annotations,
    double TimeoutSeconds,
    bool NeedsProject
);

public sealed record ToolListResponse(IReadOnlyList<ToolResponse> Tools);

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
/// <param name="Commit">The commit that the tool read.</param>
public sealed record ExecuteToolResponse(
    Guid ExecutionId,
    bool Success,
    ExecutionStatus Status,
    RawJson? Result,
    ToolError? Error,
    bool Cached,
    string? Commit,
    Timings Timings
);
