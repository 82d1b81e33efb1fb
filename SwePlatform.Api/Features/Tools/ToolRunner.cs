using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Features.Tools;

/// <summary>Runs a tool for a caller, from the check of its arguments to the record of what came of it.</summary>
internal sealed partial class ToolRunner(
    ToolRegistry registry, ToolCapacity capacity, SweDbContext data, IWorkspaceStore workspaces, CurrentUser user, AuditTrail audit, TimeProvider time, ILogger<ToolRunner> logger)
{
    public async Task<ExecuteToolResponse> RunAsync(ExecuteToolRequest request, CancellationToken cancellationToken)
    {
        var clock = new Stopclock(time);
        var tool = registry.Find(request.ToolName)
            ?? throw RequestException.NotFound($"There is no tool '{request.ToolName}'. GET /api/v1/tools lists them.");
        var given = request.Arguments ?? JsonElement.Parse("{}");
        var arguments = await tool.ReadArgumentsAsync(given);
        var (projectId, commit) = await FindCommitAsync(request, cancellationToken);
        var execution = await StartAsync(tool.Tool, projectId, commit, given, cancellationToken);
        var prepare = clock.Lap();

        using var place = await capacity.EnterAsync(cancellationToken);
        var queue = clock.Lap();
        var outcome = await RunAsync(tool.Tool, arguments, projectId, commit, execution.Id, cancellationToken);
        var execute = clock.Lap();
        var json = outcome.Result is null ? null : JsonSerializer.SerializeToUtf8Bytes(outcome.Result, ToolJson.Options);
        var serialize = clock.Lap();

        execution.Status = outcome.Status;
        execution.ErrorCode = outcome.Error?.Code;
        execution.ErrorMessage = outcome.Error?.Message;
        execution.Timings = new Timings(queue, 0, prepare, execute, serialize, clock.Total);
        // Recorded also when the caller has gone: what ran, ran.
        await FinishAsync(execution, json);
        await audit.RecordAsync("tool.execute", execution.Id.ToString(), outcome.Error is null ? AuditOutcome.Success : AuditOutcome.Failure,
            new { tool = tool.Tool.Name, projectId, commit = commit.Commit, status = execution.Status }, user);

        return new(execution.Id, outcome.Error is null, execution.Status, json is null ? null : JsonElement.Parse(json), outcome.Error, execution.Cached, commit.Commit, execution.Timings);
    }

    private async Task<(Guid ProjectId, CommitId Commit)> FindCommitAsync(ExecuteToolRequest request, CancellationToken cancellationToken)
    {
        if (request.ProjectId is not { } id)
        {
            throw RequestException.Invalid("projectId", $"The tool '{request.ToolName}' runs on a project; name it.");
        }
        if (request.Ref is not null)
        {
            GitRef.Check("ref", request.Ref);
        }
        var project = await data.Projects.AsNoTracking().VisibleTo(user).Where(candidate => candidate.Id == id)
            .Select(candidate => new { candidate.Status, candidate.HeadCommit, candidate.HeadTree, candidate.StatusMessage })
            .FirstOrDefaultAsync(cancellationToken)
            ?? throw RequestException.NotFound($"There is no project '{id}'.");
        if (project.HeadCommit is null)
        {
            throw RequestException.Conflict(project.Status == ProjectStatus.Failed
                ? $"The project could not be cloned: {project.StatusMessage}"
                : "The project is still being cloned. Try again once its status is 'ready'.");
        }
        var commit = request.Ref is null or "HEAD"
            ? new CommitId(project.HeadCommit, project.HeadTree!)
            : await workspaces.ResolveAsync(id, request.Ref, cancellationToken);
        return commit is null ? throw RequestException.Invalid("ref", $"The project has no commit '{request.Ref}'. If it is new, sync the project first.") : (id, commit);
    }

    private async Task<Execution> StartAsync(ITool tool, Guid projectId, CommitId commit, JsonElement arguments, CancellationToken cancellationToken)
    {
        var execution = new Execution
        {
            UserId = user.Id,
            ToolName = tool.Name,
            ProjectId = projectId,
            Commit = commit.Commit,
            Arguments = arguments.GetRawText(),
            CreatedAt = time.GetUtcNow(),
        };
        data.Executions.Add(execution);
        await data.SaveChangesAsync(cancellationToken);
        return execution;
    }

    private async Task<(ExecutionStatus Status, object? Result, ToolError? Error)> RunAsync(
        ITool tool, object arguments, Guid projectId, CommitId commit, Guid executionId, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(tool.TimeLimit);
        try
        {
            using var context = new ToolContext(projectId, commit, null, workspaces, NoToolOutput.Instance);
            return (ExecutionStatus.Succeeded, await tool.RunAsync(arguments, context, limited.Token), null);
        }
        catch (ToolException exception)
        {
            return (ExecutionStatus.Failed, null, new(exception.Code, exception.Message));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (ExecutionStatus.Cancelled, null, new("cancelled", "The caller went away."));
        }
        catch (Exception exception) when (exception is OperationCanceledException or System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            return (ExecutionStatus.TimedOut, null, new("timed_out", $"The tool did not end within {tool.TimeLimit.TotalSeconds:0} seconds. Narrow what it has to read."));
        }
        catch (GitException exception)
        {
            return (ExecutionStatus.Failed, null, new("git", exception.Message));
        }
        catch (Exception exception)
        {
            // The tool has a defect. The caller gets no details of it, but the id under which the log has them.
            Log.Faulted(logger, exception, tool.Name, executionId);
            return (ExecutionStatus.Failed, null, new("internal", $"The tool failed unexpectedly. The server's log has the details under execution {executionId}."));
        }
    }

    private async Task FinishAsync(Execution execution, byte[]? json)
    {
        execution.FinishedAt = time.GetUtcNow();
        execution.ResultBytes = json?.Length;
        if (json is not null && json.Length <= Execution.MaxInlineBytes)
        {
            execution.Result = Encoding.UTF8.GetString(json);
        }
        else if (json is not null)
        {
            data.ExecutionOutputs.Add(new() { ExecutionId = execution.Id, Content = Encoding.UTF8.GetString(json) });
        }
        await data.SaveChangesAsync(CancellationToken.None);
    }

    private sealed class Stopclock(TimeProvider time)
    {
        private readonly long _start = time.GetTimestamp();
        private long _lap = time.GetTimestamp();

        public double Total => Round(time.GetElapsedTime(_start));

        public double Lap()
        {
            var now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(_lap, now);
            _lap = now;
            return Round(elapsed);
        }

        private static double Round(TimeSpan elapsed) => Math.Round(elapsed.TotalMilliseconds, 3);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} failed in execution {ExecutionId}")]
        public static partial void Faulted(ILogger logger, Exception exception, string tool, Guid executionId);
    }
}
