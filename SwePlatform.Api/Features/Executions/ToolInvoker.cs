using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Concurrency;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Sandbox;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Runs a tool and turns everything that can come of it into an outcome.</summary>
internal sealed partial class ToolInvoker(
    CloneStore clones,
    WorkspaceStore workspaces,
    IDbContextFactory<SweDbContext> contexts,
    TimeProvider time,
    ILogger<ToolInvoker> logger
)
{
    public async Task<ToolOutcome> InvokeAsync(Job job, ILiveOutput output)
    {
        var tool = job.Tool.Tool;
        var clock = new LatencyReceipt(time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(job.Cancelled);
        limited.CancelAfter(tool.TimeLimit);
        try
        {
            // Between replicas; on this one the queue lets no second writer in.
            await using var turn = job.WritesTo is null ? null : await workspaces.LockAsync(job.Workspace!, limited.Token);
            using var context = new ToolContext(job.ProjectId is { } id ? clones.Of(id) : null, job.Commit, job.Workspace, output)
            {
                FindActorAsync = token => FindActorAsync(job.User, token),
            };
            var result = await tool.RunAsync(job.Arguments, context, limited.Token);
            var execute = clock.Lap();
            return execute < LongWork.After.TotalMilliseconds
                ? Write(result, execute, clock)
                : await LowPriorityThreads.Instance.StartAsync(
                    () => Write(result, execute, clock),
                    TimeSpan.FromMilliseconds(execute),
                    limited.Token
                );
        }
        catch (ToolException exception)
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, exception.Code, exception.Message, clock.Lap());
        }
        catch (OperationCanceledException) when (job.Cancelled.IsCancellationRequested)
        {
            return ToolOutcome.Failure(ExecutionStatus.Cancelled, "cancelled", job.CancelReason, clock.Lap());
        }
        catch (Exception exception) when (exception is OperationCanceledException or RegexMatchTimeoutException)
        {
            return ToolOutcome.Failure(
                ExecutionStatus.TimedOut,
                "timed_out",
                $"The tool did not end within {tool.TimeLimit.TotalSeconds:0} seconds. Narrow what it has to do.",
                clock.Lap()
            );
        }
        catch (Exception exception) when (FullDisk.IsCause(exception))
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, FullDisk.Code, FullDisk.Message, clock.Lap());
        }
        catch (GitException exception)
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, "git", exception.Message, clock.Lap());
        }
        catch (RequestException exception) when (CodeOf(exception) is { } code)
        {
            return ToolOutcome.Failure(ExecutionStatus.Failed, code, Describe(exception), clock.Lap());
        }
        catch (Exception exception)
        {
            // The tool has a defect. The caller gets no details of it, but the id under which the log has them.
            Log.Faulted(logger, exception, tool.Name, job.Id);
            return ToolOutcome.Failure(
                ExecutionStatus.Failed,
                "internal",
                $"The tool failed unexpectedly. The server's log has the details under execution {job.Id}.",
                clock.Lap()
            );
        }
    }

    private static ToolOutcome Write(object result, double executeMs, LatencyReceipt clock)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(result, result.GetType(), ToolJson.Options);
        var (passed, text) = result is IHasOutcome { Outcome: var verdict } ? verdict : (true, null);
        var outcome = new ToolOutcome(ExecutionStatus.Succeeded, json, null, executeMs, clock.Lap())
        {
            Passed = passed,
            Text = text is { Length: > ToolOutcome.MaxText } ? text[..ToolOutcome.MaxText] : text,
        };
        if (json.Length > Execution.MaxInlineBytes)
        {
            // Here, and not on the thread that records it along with those of others.
            _ = outcome.Packed;
        }
        return outcome;
    }

    // Asked only by the tools that need it: the credential of a call does not hold the user's name.
    private async Task<ToolActor> FindActorAsync(CurrentUser user, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var name = await data
            .Users.Where(candidate => candidate.Id == user.Id)
            .Select(candidate => candidate.DisplayName)
            .FirstOrDefaultAsync(cancellationToken);
        return new(user.Id, string.IsNullOrWhiteSpace(name) ? user.Email : name, user.Email);
    }

    private static string? CodeOf(RequestException exception) =>
        exception.Code
        ?? exception.Status switch
        {
            StatusCodes.Status503ServiceUnavailable => ToolOutcome.Unavailable,
            StatusCodes.Status404NotFound => ToolException.NotFound,
            StatusCodes.Status409Conflict => "conflict",
            StatusCodes.Status429TooManyRequests => "too_many_requests",
            >= 400 and < 500 => "invalid",
            _ => null,
        };

    private static string Describe(RequestException exception) =>
        exception.Errors is { Count: > 0 } errors
            ? string.Join(' ', errors.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}"))
            : exception.Message;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} failed in execution {ExecutionId}")]
        public static partial void Faulted(ILogger logger, Exception exception, string tool, Guid executionId);
    }
}
