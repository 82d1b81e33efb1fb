using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
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
        builder.Services.AddScoped<ExecutionLists>();
        builder.Services.AddScoped<ExecutionCancellation>();
        builder.Services.AddScoped<ExecutionEventStream>();
    }

    public static void MapExecutions(this RouteGroupBuilder api)
    {
        api.MapExecute();
        var group = api.MapGroup("/executions").WithTags("Executions");
        group.MapGet("", ListAsync).WithSummary("One's executions, newest first; administrators see all");
        group.MapGet("/activity", CountAsync).WithSummary("How many executions there were over time, by how they came out");
        group
            .MapGet("/export", Export)
            .WithSummary($"Executions as CSV, newest first, at most {ExecutionLists.MaxExported}")
            .Produces<string>(contentType: "text/csv");
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
        [AsParameters] ExecutionFilter filter,
        ExecutionLists lists,
        CurrentUser user,
        string? cursor,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await lists.ReadAsync(user, filter, page, cursor, cancellationToken));

    private static async Task<Ok<ExecutionActivity>> CountAsync(
        [AsParameters] ExecutionFilter filter,
        ExecutionLists lists,
        CurrentUser user,
        CancellationToken cancellationToken,
        [Range(1, 500)] int buckets = 60
    ) => TypedResults.Ok(await lists.CountAsync(user, filter, buckets, cancellationToken));

    private static PushStreamHttpResult Export([AsParameters] ExecutionFilter filter, ExecutionLists lists, CurrentUser user)
    {
        // Before the answer begins: afterwards a bad filter could not be refused any more.
        var rows = lists.Export(user, filter);
        return TypedResults.Stream(body => ExecutionCsv.WriteAsync(rows, body), "text/csv; charset=utf-8", "executions.csv");
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
}
