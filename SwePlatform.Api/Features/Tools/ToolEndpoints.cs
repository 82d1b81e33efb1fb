using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.ApiKeys;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Tools.Imports;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Features.Tools;

internal static class ToolEndpoints
{
    public static void AddTools(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ToolOptions>().BindConfiguration(ToolOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ToolRegistry>();
        builder.Services.AddSingleton<ToolListCache>();
        builder.Services.AddSingleton<ToolMetrics>();
        builder.Services.AddSingleton<ToolInvoker>();
        builder.Services.AddSingleton<ResultCache>();
        builder.Services.AddScoped<ToolCalls>();
        builder.AddToolImports();
    }

    public static void MapTools(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/tools").WithTags("Tools");
        api.MapToolImports();
        group.MapGet("", ListAsync).WithSummary("All tools, with the schemas of their arguments");
        group.MapGet("/{name}", GetAsync).WithSummary("One tool");
        group
            .MapPost("/execute", ExecuteAsync)
            .WithMetadata(new RunsTools())
            .WithSummary("Run a tool")
            .WithDescription(
                "Waits for the result, at most 30 s ('Prefer: wait=n' for less); then, or at once with 'Prefer: respond-async', it answers 202 and the execution goes on. "
                    + "'Cache-Control: no-cache' runs the tool even if its result is known. A request with an 'Idempotency-Key' can be repeated safely for 24 hours."
            );
    }

    private static async Task<CachedJsonResult<ToolListResponse>> ListAsync(
        HttpContext http,
        ToolListCache cache,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => new(await cache.GetAsync(user.Id, http.Request.WantsFresh(), cancellationToken));

    private static async Task<Results<Ok<ToolResponse>, NotFound>> GetAsync(
        string name,
        ToolRegistry registry,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        await registry.FindAsync(name, user.Id, cancellationToken) is { } tool ? TypedResults.Ok(tool.Describe()) : TypedResults.NotFound();

    private static async Task<Results<Ok<ExecuteToolResponse>, Accepted<ExecutionResponse>>> ExecuteAsync(
        ExecuteToolRequest request,
        HttpContext http,
        ToolCalls calls,
        ExecutionEngine engine,
        ExecutionReader reader,
        SweDbContext data,
        CurrentUser user,
        IOptions<ToolOptions> options,
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

        var result = call.Result ?? await WaitAsync(call.Job!, engine, preferences, cancellationToken);
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
                RawJson.From(result.Outcome.Result),
                result.Outcome.Error,
                result.Cached,
                result.Commit?.Commit,
                result.Timings
            )
        );
    }

    // Null if the caller does not want to wait any longer: then the execution goes on without it.
    private static async Task<JobResult?> WaitAsync(
        Job job,
        ExecutionEngine engine,
        CallPreferences preferences,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (!preferences.Async)
            {
                return await engine.WaitAsync(job, preferences.Wait, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            // Falls through to the answer for those who do not wait.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody knows this execution's id, so nobody will ever ask for its result.
            engine.Cancel(job.Id, "The caller went away.");
            throw;
        }
        job.IsFollowable = true;
        return null;
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
