using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Runs the executions that this replica has taken on: in turn, each recorded before it starts and when it ends.
/// Equal calls at the same time run once, and share the result.
/// </summary>
internal sealed partial class ExecutionEngine(
    FairQueue queue, ToolInvoker invoker, ResultCache cache, ExecutionStore store, ExecutionEvents events, AuditTrail audit, ToolMetrics metrics,
    IOptions<ToolOptions> options, TimeProvider time, ILogger<ExecutionEngine> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, Job> _jobs = [];
    private readonly ConcurrentDictionary<string, Task<JobResult>> _flights = [];

    /// <summary>The executions that this replica has taken on and not finished.</summary>
    public Guid[] Unfinished => [.. _jobs.Keys];

    /// <summary>Takes a place for a new job at once, if there is one. Then it need not be recorded as waiting.</summary>
    public bool TryEnter(Job job) => IsFlying(job) || queue.TryEnter(job);

    /// <summary>Gives the place of a job back that was never submitted.</summary>
    public void Abandon(Job job)
    {
        queue.Leave(job);
        job.Dispose();
        Pump();
    }

    /// <exception cref="RequestException">429: the user has too many executions waiting.</exception>
    public void CheckRoom(Guid userId)
    {
        if (_jobs.Values.Count(job => job.User.Id == userId) >= options.Value.MaxWaitingPerUser)
        {
            throw RequestException.TooManyRequests($"{options.Value.MaxWaitingPerUser} of your executions are waiting already (Tools:MaxWaitingPerUser).", TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Runs a job that is recorded.</summary>
    /// <param name="entered">Whether <see cref="TryEnter"/> took a place for it.</param>
    public void Submit(Job job, bool entered)
    {
        _jobs[job.Id] = job;
        if (entered)
        {
            _ = Task.Run(() => RunAsync(job));
            return;
        }
        queue.Enqueue(job);
        Pump();
    }

    /// <summary>Cancels an execution, if this replica runs it.</summary>
    public void Cancel(Guid id, string reason)
    {
        if (_jobs.TryGetValue(id, out var job))
        {
            job.Cancel(reason);
            // It may be waiting, and then nobody looks at its token.
            Pump();
        }
    }

    private bool IsFlying(Job job) => job.CacheKey is { } key && _flights.ContainsKey(key);

    private void Pump()
    {
        while (queue.Take() is { } job)
        {
            _ = Task.Run(() => RunAsync(job));
        }
    }

    // Nothing may escape from here: nobody awaits it.
    private async Task RunAsync(Job job)
    {
        // The flow is that of whoever made room for it.
        RequestTrace.Continue(job.Trace);
        try
        {
            var queued = job.Clock.Lap();
            if (job.IsRecordedAsQueued && !job.Cancelled.IsCancellationRequested)
            {
                await store.StartAsync(job);
                await events.PublishAsync(job.Id, ExecutionEvent.Status, new { status = ExecutionStatus.Running });
            }
            var (outcome, shared) = await ProduceAsync(job);
            // The place is free as soon as the tool has ended; what follows is paperwork.
            queue.Leave(job);
            Pump();
            var timings = job.Timings with
            {
                Queue = queued,
                Execute = shared ? 0 : outcome.ExecuteMs,
                Serialize = shared ? 0 : outcome.SerializeMs,
                Saved = shared ? outcome.ExecuteMs : 0,
                Total = job.Clock.Total,
            };
            await FinishAsync(job, new(outcome, timings, shared));
        }
        catch (Exception exception)
        {
            Log.Faulted(logger, exception, job.Id);
            job.Done.TrySetException(exception);
        }
        finally
        {
            queue.Leave(job);
            _jobs.TryRemove(job.Id, out _);
            Pump();
            job.Dispose();
        }
    }

    private async Task<(ToolOutcome Outcome, bool Shared)> ProduceAsync(Job job)
    {
        if (job.CacheKey is not { } key)
        {
            return (await InvokeAsync(job), false);
        }
        var flight = new TaskCompletionSource<JobResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (_flights.GetOrAdd(key, flight.Task) is var leader && leader != flight.Task)
        {
            if (await FollowAsync(job, leader) is { } outcome)
            {
                return (outcome, true);
            }
        }
        try
        {
            // An equal call may have ended between the look for its result and now.
            if (cache.FindHere(key) is { } known)
            {
                flight.SetResult(new(known.Outcome, job.Timings, true));
                return (known.Outcome, true);
            }
            var outcome = await InvokeAsync(job);
            if (outcome is { Success: true, Result: not null })
            {
                cache.Store(key, outcome);
            }
            flight.SetResult(new(outcome, job.Timings, false));
            return (outcome, false);
        }
        finally
        {
            _flights.TryRemove(key, out _);
            flight.TrySetCanceled();
        }
    }

    // Null if the leader came to nothing: then this job has to do the work itself.
    private async Task<ToolOutcome?> FollowAsync(Job job, Task<JobResult> leader)
    {
        try
        {
            var outcome = (await leader.WaitAsync(job.Cancelled)).Outcome;
            if (outcome.Success)
            {
                metrics.Looked(job.Tool.Tool.Name, "flight", outcome.Result!.Length);
                return outcome;
            }
            return null;
        }
        catch (OperationCanceledException) when (job.Cancelled.IsCancellationRequested)
        {
            return ToolOutcome.Failure(ExecutionStatus.Cancelled, "cancelled", job.CancelReason);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<ToolOutcome> InvokeAsync(Job job)
    {
        if (job.Cancelled.IsCancellationRequested)
        {
            return ToolOutcome.Failure(ExecutionStatus.Cancelled, "cancelled", job.CancelReason);
        }
        await using var output = new LiveOutput(job.Id, events, time);
        var started = Stopwatch.GetTimestamp();
        var outcome = await invoker.InvokeAsync(job, output);
        RequestTrace.Add("tool", job.Tool.Tool.Name, started);
        return outcome;
    }

    private async Task FinishAsync(Job job, JobResult result)
    {
        var outcome = result.Outcome;
        if (!await RecordAsync(job, result))
        {
            // Another replica has it now, and its result is the one that counts.
            job.Done.TrySetException(new RequestException(StatusCodes.Status503ServiceUnavailable, $"The execution {job.Id} was taken over by another replica. Ask for its state."));
            return;
        }
        metrics.Finished(job.Tool.Tool.Name, result.Timings.Total / 1000, result.Timings.Queue / 1000, result.Cached, outcome.Status.ToString());
        await audit.RecordAsync("tool.execute", job.Id.ToString(), outcome.Success ? AuditOutcome.Success : AuditOutcome.Failure,
            new { tool = job.Tool.Tool.Name, job.ProjectId, commit = job.Commit?.Commit, workspace = job.Workspace?.Name, status = outcome.Status, cached = result.Cached ? true : (bool?)null }, job.User, job.Origin);
        job.Done.TrySetResult(result);
        if (job.IsFollowable)
        {
            await events.PublishAsync(job.Id, ExecutionEvent.Completed, new { status = outcome.Status, success = outcome.Success, error = outcome.Error, timings = result.Timings });
        }
    }

    // The database may be away for a while, as when it restarts. As long as the lease may last, nothing is given up.
    private async Task<bool> RecordAsync(Job job, JobResult result)
    {
        var giveUp = time.GetUtcNow() + ExecutionStore.Lease;
        while (true)
        {
            try
            {
                return await store.FinishAsync(job, result.Outcome, result.Timings, result.Cached);
            }
            catch (Exception exception) when (time.GetUtcNow() < giveUp)
            {
                Log.NotRecorded(logger, exception, job.Id);
                await Task.Delay(RetryDelay, time);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Execution {Id} came to no end")]
        public static partial void Faulted(ILogger logger, Exception exception, Guid id);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The end of execution {Id} is not recorded yet")]
        public static partial void NotRecorded(ILogger logger, Exception exception, Guid id);
    }
}
