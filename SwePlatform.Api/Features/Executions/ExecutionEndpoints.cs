using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Executions;

internal static class ExecutionEndpoints
{
    public static void AddExecutions(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<ExecutionOptions>()
            .BindConfiguration(ExecutionOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<ToolMetrics>();
        builder.Services.AddSingleton<ToolInvoker>();
        builder.Services.AddSingleton<ResultCache>();
        builder.Services.AddScoped<ToolCalls>();
        builder.Services.AddSingleton<IProjectDependent, ProjectExecutions>();
        builder.AddJsonContext(ExecutionJson.Default);
        builder.Services.AddSingleton<FairQueue>();
        builder.Services.AddSingleton<ExecutionLog>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ExecutionLog>());
        builder.Services.AddSingleton<ExecutionStore>();
        builder.Services.AddSingleton<ExecutionEvents>();
        builder.Services.AddSingleton<JobPreparation>();
        builder.Services.AddSingleton<ExecutionEngine>();
        builder.Services.AddHostedService<ExecutionRecovery>();
        builder.Services.AddHostedService<ExecutionCleanup>();
        builder.Services.AddScoped<ExecutionReader>();
        builder.Services.AddScoped<ExecutionCancellation>();
        builder.Services.AddScoped<ExecutionEventStream>();
    }

    public static void MapExecutions(this RouteGroupBuilder api)
    {
        api.MapExecute();
        var group = api.MapGroup("/executions").WithTags("Executions");
        group.MapGet("", ListAsync).WithSummary("One's executions, newest first; administrators see all");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One execution");
        group
            .MapGet("/{id:guid}/output", GetOutputAsync)
            .WithSummary("The result of an execution, whatever its size")
            .Produces<JsonElement>();
        group
            .MapGet("/{id:guid}/events", FollowAsync)
            .WithSummary("Follow an execution: server-sent events 'status', 'output', 'completed'; 'Last-Event-ID' resumes");
        group
            .MapPost("/{id:guid}/cancel", CancelAsync)
            .WithMetadata(new RunsTools())
            .WithSummary("Ask for the end of an execution, on whichever replica it runs");
    }

    private static async Task<Ok<KeysetList<ExecutionSummary>>> ListAsync(
        [AsParameters] Page page,
        ExecutionReader reader,
        CurrentUser user,
        Guid? projectId,
        string? toolName,
        string? status,
        string? outcome,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var executions = reader.VisibleTo(user);
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
            var wanted = Read<ExecutionStatus>("status", status);
            executions = executions.Where(execution => execution.Status == wanted);
        }
        if (outcome is not null)
        {
            executions = executions.WithOutcome(Read<ExecutionOutcome>("outcome", outcome));
        }

        var total = await executions.LongCountAsync(cancellationToken);
        if (cursor is not null)
        {
            var before = Guid.TryParse(cursor, out var id)
                ? id
                : throw RequestException.Invalid("cursor", "Pass back the cursor of the page before, unchanged.");
            executions = executions.Where(execution => execution.Id < before);
        }
        var items = await executions
            .OrderByDescending(execution => execution.Id)
            .Skip(page.Skip)
            .Take(page.Limit)
            .Select(execution => new ExecutionSummary(
                execution.Id,
                execution.ToolName,
                execution.ProjectId,
                execution.Commit,
                execution.Workspace,
                execution.Status,
                ExecutionOutcomes.Of(execution.Outcome, execution.Status),
                execution.OutcomeText,
                execution.Cached,
                execution.ErrorCode == null ? null : new ToolError(execution.ErrorCode, execution.ErrorMessage!),
                execution.ResultBytes,
                execution.Timings,
                execution.CreatedAt,
                execution.StartedAt,
                execution.FinishedAt
            ))
            .ToListAsync(cancellationToken);
        var next = items.Count == page.Limit ? items[^1].Id.ToString() : null;
        return TypedResults.Ok(new KeysetList<ExecutionSummary>(items, page.Skip, page.Limit, total, next));
    }

    private static async Task<Results<Ok<ExecutionResponse>, NotFound>> GetAsync(
        Guid id,
        ExecutionReader reader,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => await reader.FindAsync(id, user, cancellationToken) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound();

    private static async Task<Results<FileContentHttpResult, NotFound>> GetOutputAsync(
        Guid id,
        ExecutionReader reader,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        await reader.FindResultAsync(id, user, cancellationToken) is { } output
            ? TypedResults.Bytes(output, "application/json; charset=utf-8")
            : TypedResults.NotFound();

    private static async Task<Results<ServerSentEventsResult<string>, NotFound>> FollowAsync(
        Guid id,
        HttpRequest request,
        ExecutionEventStream stream,
        ExecutionReader reader,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        if (!await reader.VisibleTo(user).AnyAsync(execution => execution.Id == id, cancellationToken))
        {
            return TypedResults.NotFound();
        }
        var last = request.Headers["Last-Event-ID"].ToString();
        var position =
            last.Length == 0 ? 0
            : long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known
            : throw RequestException.Invalid("Last-Event-ID", "Send back the id of the last event that was received, unchanged.");
        return TypedResults.ServerSentEvents(stream.ReadAsync(id, user, position, cancellationToken));
    }

    private static async Task<Results<Accepted<ExecutionResponse>, NotFound>> CancelAsync(
        Guid id,
        ExecutionCancellation cancellation,
        CancellationToken cancellationToken
    ) =>
        await cancellation.RequestAsync(id, cancellationToken) is { } execution
            ? TypedResults.Accepted($"/api/v1/executions/{id}", execution)
            : TypedResults.NotFound();

    private static T Read<T>(string name, string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (EnumText.Write(value) == text)
            {
                return value;
            }
        }
        throw RequestException.Invalid(
            name,
            $"{char.ToUpperInvariant(name[0])}{name[1..]} is one of: {string.Join(", ", Enum.GetValues<T>().Select(EnumText.Write))}."
        );
    }
}
