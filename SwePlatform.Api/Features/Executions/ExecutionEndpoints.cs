using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure;

namespace SwePlatform.Api.Features.Executions;

/// <summary>An execution in a list: all but its arguments and result.</summary>
/// <param name="ResultBytes">Size of the result in bytes.</param>
public sealed record ExecutionSummary(
    Guid Id, string ToolName, Guid? ProjectId, string? Commit, ExecutionStatus Status, bool Cached, ToolError? Error, int? ResultBytes,
    Timings Timings, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <param name="Result">The result; null if it is larger than 64 KiB, then <paramref name="OutputUrl"/> has it.</param>
/// <param name="OutputUrl">Where a large result is.</param>
public sealed record ExecutionResponse(
    Guid Id, Guid UserId, string ToolName, Guid? ProjectId, string? Commit, JsonElement Arguments, ExecutionStatus Status, bool Cached,
    JsonElement? Result, string? OutputUrl, int? ResultBytes, ToolError? Error, Timings Timings, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

internal static class ExecutionEndpoints
{
    public static void MapExecutions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/executions").WithTags("Executions");
        group.MapGet("", ListAsync).WithSummary("One's executions, newest first; administrators see all");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One execution");
        group.MapGet("/{id:guid}/output", GetOutputAsync).WithSummary("The result of an execution, whatever its size").Produces<JsonElement>();
    }

    private static async Task<Ok<KeysetList<ExecutionSummary>>> ListAsync(
        [AsParameters] Page page, SweDbContext data, CurrentUser user, Guid? projectId, string? toolName, string? status, string? cursor, CancellationToken cancellationToken)
    {
        var executions = VisibleTo(data, user);
        if (projectId is { } project)
        {
            executions = executions.Where(execution => execution.ProjectId == project);
        }
        if (toolName is not null)
        {
            executions = executions.Where(execution => execution.ToolName == toolName);
        }
        if (status is not null)
        {
            var wanted = ReadStatus(status);
            executions = executions.Where(execution => execution.Status == wanted);
        }

        var total = await executions.LongCountAsync(cancellationToken);
        if (cursor is not null)
        {
            var before = Guid.TryParse(cursor, out var id) ? id : throw RequestException.Invalid("cursor", "Pass back the cursor of the page before, unchanged.");
            executions = executions.Where(execution => execution.Id < before);
        }
        var items = await executions.OrderByDescending(execution => execution.Id).Skip(page.Skip).Take(page.Limit)
            .Select(execution => new ExecutionSummary(
                execution.Id, execution.ToolName, execution.ProjectId, execution.Commit, execution.Status, execution.Cached,
                execution.ErrorCode == null ? null : new ToolError(execution.ErrorCode, execution.ErrorMessage!),
                execution.ResultBytes, execution.Timings, execution.CreatedAt, execution.FinishedAt))
            .ToListAsync(cancellationToken);
        var next = items.Count == page.Limit ? items[^1].Id.ToString() : null;
        return TypedResults.Ok(new KeysetList<ExecutionSummary>(items, page.Skip, page.Limit, total, next));
    }

    private static async Task<Results<Ok<ExecutionResponse>, NotFound>> GetAsync(Guid id, SweDbContext data, CurrentUser user, CancellationToken cancellationToken)
    {
        var execution = await VisibleTo(data, user).FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken);
        if (execution is null)
        {
            return TypedResults.NotFound();
        }
        var isLarge = execution is { Result: null, ResultBytes: not null };
        return TypedResults.Ok(new ExecutionResponse(
            execution.Id, execution.UserId, execution.ToolName, execution.ProjectId, execution.Commit, JsonElement.Parse(execution.Arguments), execution.Status, execution.Cached,
            execution.Result is { } result ? JsonElement.Parse(result) : null, isLarge ? $"/api/v1/executions/{id}/output" : null, execution.ResultBytes,
            execution.ErrorCode is { } code ? new(code, execution.ErrorMessage!) : null, execution.Timings, execution.CreatedAt, execution.FinishedAt));
    }

    private static async Task<Results<ContentHttpResult, NotFound>> GetOutputAsync(Guid id, SweDbContext data, CurrentUser user, CancellationToken cancellationToken)
    {
        var output = await VisibleTo(data, user).Where(execution => execution.Id == id)
            .Select(execution => execution.Result ?? data.ExecutionOutputs.Where(stored => stored.ExecutionId == id).Select(stored => stored.Content).FirstOrDefault())
            .FirstOrDefaultAsync(cancellationToken);
        return output is null ? TypedResults.NotFound() : TypedResults.Text(output, "application/json", Encoding.UTF8);
    }

    private static ExecutionStatus ReadStatus(string text)
    {
        foreach (var status in Enum.GetValues<ExecutionStatus>())
        {
            if (EnumText.Write(status) == text)
            {
                return status;
            }
        }
        throw RequestException.Invalid("status", $"Status is one of: {string.Join(", ", Enum.GetValues<ExecutionStatus>().Select(EnumText.Write))}.");
    }

    private static IQueryable<Execution> VisibleTo(SweDbContext data, CurrentUser user) =>
        user.IsAdmin ? data.Executions.AsNoTracking() : data.Executions.AsNoTracking().Where(execution => execution.UserId == user.Id);
}
