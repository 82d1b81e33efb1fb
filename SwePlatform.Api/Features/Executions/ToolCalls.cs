using System.Text.Json;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Features.Workspaces;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>A call that was answered from the cache, or handed to the engine.</summary>
/// <param name="Job">Null if the result is here already.</param>
internal sealed record ToolCall(Guid ExecutionId, JobResult? Result, Job? Job);

/// <summary>
/// Takes a call in: checks it, finds what it works on, looks for a known result, and otherwise hands it to the engine.
/// </summary>
internal sealed class ToolCalls(
    ToolRegistry registry,
    ExecutionEngine engine,
    JobPreparation preparation,
    ExecutionStore store,
    ResultCache cache,
    ToolMetrics metrics,
    ProjectCache projects,
    CloneStore clones,
    WorkspaceDirectory workspaces,
    CurrentUser user,
    AuditTrail audit,
    TimeProvider time
)
{
    private sealed record Target(Guid? ProjectId, CommitId? Commit, Workspace? Workspace);

    /// <param name="recordFirst">Whether the caller is told of the execution before its end, so that it has to be found whatever
    /// happens.</param>
    /// <exception cref="RequestException">The call cannot be run; says why.</exception>
    public async Task<ToolCall> AcceptAsync(
        ExecuteToolRequest request,
        bool noCache,
        bool recordFirst,
        IdempotencyKey? key,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        var clock = new LatencyReceipt(time);
        var tool =
            await registry.FindAsync(request.ToolName, user.Id, cancellationToken)
            ?? throw RequestException.NotFound($"There is no tool '{request.ToolName}'. GET /api/v1/tools lists them.");
        var given = request.Arguments ?? JsonElement.Parse("{}");
        var arguments = await tool.ReadArgumentsAsync(given);
        var target = await FindTargetAsync(request, tool.Tool, cancellationToken);
        var timings = new Timings(Prepare: clock.Lap());
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

        // What a workspace holds is looked at by the execution itself.
        var looksLater = target is { Workspace: not null, Commit: null };
        var cacheKey = looksLater
            ? null
            : await preparation.FindCacheKeyAsync(
                tool.Tool,
                arguments,
                target.ProjectId,
                target.Commit,
                target.Workspace,
                cancellationToken
            );
        var hit = cacheKey is null || noCache ? null : await cache.FindAsync(cacheKey);
        timings = timings with { Cache = clock.Lap() };
        if (cacheKey is not null)
        {
            metrics.RecordLookup(tool.Tool.Name, hit?.Level ?? "none", hit?.Outcome.Result!.Length ?? 0);
        }
        if (hit is not null)
        {
            return new(id, await RecordHitAsync(execution, key, hit, timings with { Saved = hit.ExecuteMs }, clock, target.Commit), null);
        }

        var job = new Job(id, user, tool, arguments, target.ProjectId, target.Commit, target.Workspace, execution.Generation, clock)
        {
            CacheKey = noCache ? null : cacheKey,
            NoCache = noCache,
            Origin = audit.Origin,
            Record = new(execution, isWritten: false),
            Timings = timings,
        };
        if (recordFirst || key is not null)
        {
            job.Publish();
        }
        // What must not be run twice leaves a trace before it begins.
        await engine.SubmitAsync(job, key, recordFirst || key is not null || !tool.Tool.Annotations.Idempotent);
        return new(id, null, job);
    }

    /// <summary>Waits for the result of a call. When the caller goes away, what it waits for is cancelled.</summary>
    /// <param name="wait">At most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>Null if it takes longer: then it goes on without its caller.</returns>
    public async Task<JobResult?> WaitAsync(ToolCall call, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (call.Result is { } known)
        {
            return known;
        }
        try
        {
            return await engine.WaitAsync(call.Job!, wait, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody knows this execution's id, so nobody will ever ask for its result.
            engine.Cancel(call.ExecutionId, "The caller went away.");
            throw;
        }
    }

    private async Task<JobResult> RecordHitAsync(
        Execution execution,
        IdempotencyKey? key,
        CacheHit hit,
        Timings timings,
        LatencyReceipt clock,
        CommitId? commit
    )
    {
        execution.Cached = true;
        execution.StartedAt = execution.FinishedAt = execution.CreatedAt;
        execution.Timings = timings with { Total = clock.Total };
        await store.InsertFinishedAsync(
            execution,
            hit.Outcome,
            key,
            ExecutionAudit.Entry(audit, execution, hit.Outcome, user, audit.Origin)
        );
        timings = timings with { Prepare = timings.Prepare + clock.Lap(), Total = clock.Total };
        metrics.RecordExecution(execution.ToolName, timings.Total / 1000, 0, cached: true, execution.Status.ToString());
        return new(hit.Outcome, timings, true, commit);
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
            throw RequestException.Conflict(
                project.Failed
                    ? $"The project could not be cloned: {project.StatusMessage}"
                    : "The project is still being cloned. Try again once its status is 'ready'."
            );
        }
        if (request.Workspace is not null)
        {
            return await FindWorkspaceAsync(id, request, tool, cancellationToken);
        }
        if (!tool.Annotations.ReadOnly)
        {
            throw RequestException.Invalid(
                "workspace",
                $"The tool '{tool.Name}' writes, so it needs a workspace: POST /api/v1/projects/{id}/workspaces makes one, "
                    + "then name it here."
            );
        }
        var commit = request.Ref is null or "HEAD"
            ? new CommitId(project.HeadCommit, project.HeadTree!)
            : await clones.Of(id).ResolveAsync(request.Ref, cancellationToken);
        return commit is null
            ? throw RequestException.Invalid("ref", $"The project has no commit '{request.Ref}'. If it is new, sync the project first.")
            : new(id, commit, null);
    }

    private async Task<Target> FindWorkspaceAsync(
        Guid projectId,
        ExecuteToolRequest request,
        ITool tool,
        CancellationToken cancellationToken
    )
    {
        if (request.Ref is not null)
        {
            throw RequestException.Invalid("ref", "A workspace is on a commit of its own; name a ref or a workspace, not both.");
        }
        var workspace =
            await workspaces.FindAsync(projectId, request.Workspace!, cancellationToken)
            ?? throw RequestException.Invalid("workspace", $"The project has no workspace '{request.Workspace}'.");
        // Programs and writers need no look at the files, and so work on those that cannot be read, too.
        return new(
            projectId,
            tool.Annotations.ReadOnly ? null : await clones.Of(projectId).ResolveAsync($"refs/{workspace.Branch}", cancellationToken),
            workspace
        );
    }
}
