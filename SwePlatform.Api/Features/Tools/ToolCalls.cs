using System.Text.Json;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Workspaces;

namespace SwePlatform.Api.Features.Tools;

/// <summary>A call that was answered from the cache, or handed to the engine.</summary>
/// <param name="Job">Null if the result is here already.</param>
internal sealed record ToolCall(Guid ExecutionId, CommitId? Commit, JobResult? Result, Job? Job);

/// <summary>
/// Takes a call in: checks it, finds what it works on, looks for a known result, and otherwise records it and hands it
/// to the engine. From then on it does not depend on its caller.
/// </summary>
internal sealed class ToolCalls(
    ToolRegistry registry, ExecutionEngine engine, ExecutionStore store, ExecutionEvents events, ResultCache cache, ToolMetrics metrics, ProjectCache projects,
    IWorkspaceStore workspaces, IBranchWorkspaceStore branches, CurrentUser user, AuditTrail audit, TimeProvider time)
{
    private sealed record Target(Guid? ProjectId, CommitId? Commit, BranchWorkspace? Workspace);

    /// <exception cref="RequestException">The call cannot be run; says why.</exception>
    public async Task<ToolCall> AcceptAsync(ExecuteToolRequest request, bool noCache, IdempotencyKey? key, Guid id, CancellationToken cancellationToken)
    {
        var clock = new Stopclock(time);
        var tool = await registry.FindAsync(request.ToolName, user.Id, cancellationToken)
            ?? throw RequestException.NotFound($"There is no tool '{request.ToolName}'. GET /api/v1/tools lists them.");
        var given = request.Arguments ?? JsonElement.Parse("{}");
        var arguments = await tool.ReadArgumentsAsync(given);
        var target = await FindTargetAsync(request, tool.Tool, cancellationToken);
        var timings = new Timings(Prepare: clock.Lap());

        var cacheKey = await FindCacheKeyAsync(tool.Tool, arguments, target, cancellationToken);
        var hit = cacheKey is null || noCache ? null : await cache.FindAsync(cacheKey);
        timings = timings with { Cache = clock.Lap() };
        if (cacheKey is not null)
        {
            metrics.Looked(tool.Tool.Name, hit?.Level ?? "none", hit?.Outcome.Result!.Length ?? 0);
        }

        var execution = new Execution
        {
            Id = id,
            UserId = user.Id,
            ToolName = tool.Tool.Name,
            ProjectId = target.ProjectId,
            Commit = target.Commit?.Commit,
            Tree = target.Commit?.Tree,
            Workspace = target.Workspace?.Name,
            Arguments = given.GetRawText(),
            CreatedAt = time.GetUtcNow(),
        };
        if (hit is not null)
        {
            return new(id, target.Commit, await RecordHitAsync(execution, key, hit, timings, clock, cancellationToken), null);
        }

        engine.CheckRoom(user.Id);
        var job = new Job(id, user, tool, arguments, target.ProjectId, target.Commit, target.Workspace, execution.Generation, clock) { CacheKey = noCache ? null : cacheKey, Origin = audit.Origin };
        await SubmitAsync(job, execution, key, timings, cancellationToken);
        return new(id, target.Commit, null, job);
    }

    private async Task SubmitAsync(Job job, Execution execution, IdempotencyKey? key, Timings timings, CancellationToken cancellationToken)
    {
        // With a free place it is recorded as running: one write less. Otherwise it has to be found should this replica end.
        var entered = engine.TryEnter(job);
        (job.IsRecordedAsQueued, job.IsFollowable) = (!entered, !entered);
        if (entered)
        {
            (execution.Status, execution.StartedAt) = (ExecutionStatus.Running, execution.CreatedAt);
        }
        try
        {
            await store.InsertAsync(execution, key, null, cancellationToken);
        }
        catch
        {
            engine.Abandon(job);
            throw;
        }
        job.Timings = timings with { Prepare = timings.Prepare + job.Clock.Lap() };
        engine.Submit(job, entered);
        if (!entered)
        {
            await events.PublishAsync(job.Id, ExecutionEvent.Status, new { status = ExecutionStatus.Queued });
        }
    }

    private async Task<JobResult> RecordHitAsync(Execution execution, IdempotencyKey? key, CacheHit hit, Timings timings, Stopclock clock, CancellationToken cancellationToken)
    {
        timings = timings with { Saved = hit.ExecuteMs };
        execution.Status = ExecutionStatus.Succeeded;
        execution.Cached = true;
        execution.StartedAt = execution.FinishedAt = execution.CreatedAt;
        execution.Timings = timings with { Total = clock.Total };
        await Task.WhenAll(
            store.InsertAsync(execution, key, hit.Outcome, cancellationToken),
            audit.RecordAsync("tool.execute", execution.Id.ToString(), AuditOutcome.Success,
                new { tool = execution.ToolName, execution.ProjectId, commit = execution.Commit, workspace = execution.Workspace, status = execution.Status, cached = true }, user));
        timings = timings with { Prepare = timings.Prepare + clock.Lap(), Total = clock.Total };
        metrics.Finished(execution.ToolName, timings.Total / 1000, 0, cached: true, execution.Status.ToString());
        return new(hit.Outcome, timings, true);
    }

    private async Task<string?> FindCacheKeyAsync(ITool tool, object arguments, Target target, CancellationToken cancellationToken)
    {
        using var context = new ToolContext(target.ProjectId, target.Commit, target.Workspace, workspaces, NoToolOutput.Instance);
        return await tool.CacheScopeAsync(arguments, context, cancellationToken) is { } scope ? ResultCache.Key(tool, arguments, scope) : null;
    }

    private async Task<Target> FindTargetAsync(ExecuteToolRequest request, ITool tool, CancellationToken cancellationToken)
    {
        if (!tool.NeedsProject)
        {
            return new(null, null, null);
        }
        if (request.ProjectId is not { } id)
        {
            throw RequestException.Invalid("projectId", $"The tool '{tool.Name}' runs on a project; name it.");
        }
        if (request.Ref is not null)
        {
            GitRef.Check("ref", request.Ref);
        }
        var project = await projects.FindTargetAsync(id, user, cancellationToken);
        if (project.HeadCommit is null)
        {
            throw RequestException.Conflict(project.Failed
                ? $"The project could not be cloned: {project.StatusMessage}"
                : "The project is still being cloned. Try again once its status is 'ready'.");
        }
        if (request.Workspace is not null)
        {
            return await FindWorkspaceAsync(id, request, cancellationToken);
        }
        if (!tool.Annotations.ReadOnly)
        {
            throw RequestException.Invalid("workspace", $"The tool '{tool.Name}' writes, so it needs a workspace: POST /api/v1/projects/{id}/workspaces makes one, then name it here.");
        }
        var commit = request.Ref is null or "HEAD"
            ? new CommitId(project.HeadCommit, project.HeadTree!)
            : await workspaces.ResolveAsync(id, request.Ref, cancellationToken);
        return commit is null
            ? throw RequestException.Invalid("ref", $"The project has no commit '{request.Ref}'. If it is new, sync the project first.")
            : new(id, commit, null);
    }

    private async Task<Target> FindWorkspaceAsync(Guid projectId, ExecuteToolRequest request, CancellationToken cancellationToken)
    {
        if (request.Ref is not null)
        {
            throw RequestException.Invalid("ref", "A workspace is on a commit of its own; name a ref or a workspace, not both.");
        }
        var workspace = await branches.FindAsync(projectId, request.Workspace!, cancellationToken)
            ?? throw RequestException.Invalid("workspace", $"The project has no workspace '{request.Workspace}'.");
        return new(projectId, await branches.SnapshotAsync(workspace, cancellationToken), workspace);
    }
}
