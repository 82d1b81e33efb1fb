using System.Text.Json;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Browse;

/// <summary>
/// What tools that only read say of a project, for pages that show it. It is no execution, see <see cref="BrowseLimits"/>, and
/// shares its results with those that are.
/// </summary>
internal sealed class ToolViews(IEnumerable<ITool> tools, ResultCache cache, BrowseTargets targets, CurrentUser user, TimeProvider time)
{
    /// <summary>Runs a tool at a ref.</summary>
    /// <exception cref="RequestException">There is no result; says why.</exception>
    public async Task<TResult> RunAsync<TArguments, TResult>(
        Guid projectId,
        string? reference,
        Tool<TArguments, TResult> tool,
        TArguments arguments,
        CancellationToken cancellationToken
    )
        where TArguments : class
        where TResult : class =>
        await BrowseLimits.RunAsync(
            user,
            async token =>
            {
                var problems = new ArgumentProblems();
                var read = tool.ReadArguments(JsonSerializer.SerializeToElement(arguments, ToolJson.Options), problems);
                if (problems.ByField.Count > 0)
                {
                    throw RequestException.Invalid(problems.ByField);
                }
                var target = await targets.FindAsync(projectId, reference, token);
                return await RunAsync(tool, (TArguments)read, target, token);
            },
            cancellationToken
        );

    /// <summary>The built-in tool of a class.</summary>
    public T Find<T>()
        where T : ITool => tools.OfType<T>().Single();

    private async Task<TResult> RunAsync<TArguments, TResult>(
        Tool<TArguments, TResult> tool,
        TArguments arguments,
        BrowseTarget target,
        CancellationToken cancellationToken
    )
        where TArguments : class
        where TResult : class
    {
        var commit = target.RequireCommit();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(tool.TimeLimit);
        using var context = new ToolContext(target.Repository, commit, null, NoLiveOutput.Instance);
        var scope = await tool.CacheScopeAsync(arguments, context, limited.Token);
        var key = scope is null ? null : ResultCache.Key(tool, arguments, scope);
        if (key is not null && await cache.FindAsync(key) is { } hit)
        {
            return JsonSerializer.Deserialize<TResult>(hit.Outcome.Result!, ToolJson.Options)!;
        }
        var started = time.GetTimestamp();
        var result = (TResult)await ((ITool)tool).RunAsync(arguments, context, limited.Token);
        if (key is not null)
        {
            var elapsed = time.GetElapsedTime(started).TotalMilliseconds;
            var json = JsonSerializer.SerializeToUtf8Bytes(result, ToolJson.Options);
            cache.Store(key, new ToolOutcome(ExecutionStatus.Succeeded, json, null, elapsed, 0));
        }
        return result;
    }
}
