using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Executions;

/// <summary><c>POST /tools/execute</c>.</summary>
internal static class ExecuteEndpoint
{
    public static void MapExecute(this RouteGroupBuilder api)
    {
        api.MapPost("/tools/execute", ExecuteAsync)
            .WithTags("Tools")
            .WithMetadata(new RunsTools())
            .WithSummary("Run a tool")
            .WithDescription(
                "Waits for the result, at most 30 s ('Prefer: wait=n' for less); then, or at once with 'Prefer: "
                    + "respond-async', it answers 202 and the execution goes on. "
                    + "'Cache-Control: no-cache' runs the tool even if its result is known. A request with an 'Idempotency-Key' "
                    + "can be repeated safely for 24 hours."
            );
    }

    private static async Task<Results<Ok<ExecuteToolResponse>, Accepted<ExecutionResponse>>> ExecuteAsync(
        ExecuteToolRequest request,
        HttpContext http,
        ToolCalls calls,
        ExecutionReader reader,
        SweDbContext data,
        CurrentUser user,
        IOptions<ExecutionOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var preferences = CallPreferences.From(http.Request, options.Value.WaitLimit);
        var id = Guid.CreateVersion7();
        var key = IdempotencyKey.From(http.Request, request, user.Id, id, time.GetUtcNow());
        if (key is not null && await key.FindEarlierAsync(data, cancellationToken) is { } earlier)
        {
            return await RepeatAsync(earlier, http, reader, user, preferences, cancellationToken);
        }

        ToolCall call;
        try
        {
            call = await calls.AcceptAsync(request, preferences.NoCache, preferences.Async, key, id, cancellationToken);
        }
        catch (PostgresException exception) when (key is not null && IdempotencyKeyMapping.IsTaken(exception))
        {
            // The same request came twice at the same time, and the other one was first.
            return await RepeatAsync(
                (await key.FindEarlierAsync(data, cancellationToken))!.Value,
                http,
                reader,
                user,
                preferences,
                cancellationToken
            );
        }

        var result = preferences.Async && call.Result is null ? null : await calls.WaitAsync(call, preferences.Wait, cancellationToken);
        if (result is null)
        {
            return await AcceptAsync(call.ExecutionId, http, reader, user, preferences, cancellationToken);
        }
        if (result.Outcome.Error is { Code: ToolOutcome.Unavailable, Message: var missing })
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, missing);
        }
        if (result.Outcome.Error is { Code: FullDisk.Code })
        {
            throw FullDisk.Problem();
        }
        if (result.Outcome.Error is { Code: WorktreeSnapshots.Unreadable, Message: var unreadable })
        {
            throw RequestException.Conflict(unreadable);
        }
        http.Response.Headers["Server-Timing"] = result.Timings.ToServerTiming();
        return TypedResults.Ok(
            new ExecuteToolResponse(
                call.ExecutionId,
                result.Outcome.Success,
                result.Outcome.Status,
                result.Outcome.Outcome,
                result.Outcome.Text,
                RawJson.From(result.Outcome.Result),
                result.Outcome.Error,
                result.Cached,
                result.Commit?.Commit,
                result.Timings
            )
        );
    }

    private static async Task<Results<Ok<ExecuteToolResponse>, Accepted<ExecutionResponse>>> RepeatAsync(
        Guid id,
        HttpContext http,
        ExecutionReader reader,
        CurrentUser user,
        CallPreferences preferences,
        CancellationToken cancellationToken
    )
    {
        http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        var finished = preferences.Async ? null : await reader.WaitAsync(id, user, preferences.Wait, cancellationToken);
        return finished is null ? await AcceptAsync(id, http, reader, user, preferences, cancellationToken) : TypedResults.Ok(finished);
    }

    private static async Task<Accepted<ExecutionResponse>> AcceptAsync(
        Guid id,
        HttpContext http,
        ExecutionReader reader,
        CurrentUser user,
        CallPreferences preferences,
        CancellationToken cancellationToken
    )
    {
        if (preferences.Async)
        {
            http.Response.Headers["Preference-Applied"] = "respond-async";
        }
        return TypedResults.Accepted($"/api/v1/executions/{id}", (await reader.FindAsync(id, user, cancellationToken))!);
    }
}
