using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Runs the executions that this replica has taken on: in turn, each recorded before it starts and when it ends.
/// Equal calls at the same time run once, and share the result.
/// </summary>
internal sealed partial class ExecutionEngine(
    FairQueue queue,
    ToolInvoker invoker,
    JobPreparation preparation,
    ResultCache cache,
    ExecutionStore store,
    ExecutionEvents events,
    AuditTrail audit,
    ToolMetrics metrics,
    IOptions<ExecutionOptions> options,
    TimeProvider time,
    ILogger<ExecutionEngine> logger
)
{
    private static readonly TimeSpan Unrecorded = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, Job> _jobs = [];
    private readonly ConcurrentDictionary<string, Task<JobResult>> _flights = [];

    /// <summary>The executions that this replica has taken on and not finished.</summary>
    public Guid[] Unfinished => [.. _jobs.Keys];

    /// <summary>Takes a new job on: it runs at once if there is a place, and in its turn otherwise.</summary>
    /// <param name="key">What the caller repeats the request by; recorded with the job.</param>
    /// <param name="recordFirst">Whether its row has to be durable before it runs.</param>
    /// <exception cref="RequestException">429: the user has too many executions waiting.</exception>
    public async Task SubmitAsync(Job job, IdempotencyKey? key, bool recordFirst)
    {
        CheckRoom(job.User.Id);
        // With a free place it is recorded as running: one write less.
        var entered = IsFlying(job) || queue.TryEnter(job);
        if (entered)
        {
            _ = job.Record.Start(time.GetUtcNow());
        }
        else
        {
            job.Publish();
        }
        try
        {
            if (recordFirst)
            {
                await job.Record.WriteAsync(row => store.InsertAsync(row, key))!;
            }
        }
        catch
        {
            queue.Leave(job);
            job.Dispose();
            Pump();
            throw;
        }
        job.AddPrepareTime(job.Clock.Lap());
        if (entered)
        {
            _jobs[job.Id] = job;
            _ = Task.Run(() => RunAsync(job));
            return;
        }
        Resume(job);
        await events.PublishAsync(job.Id, ExecutionEvent.Status, new { status = ExecutionStatus.Queued });
    }

    /// <summary>Lets a job wait for its turn whose row is there already.</summary>
    public void Resume(Job job)
    {
        _jobs[job.Id] = job;
        queue.Enqueue(job);
        Pump();
    }

    /// <summary>Waits for the end of a job. One that takes long is recorded meanwhile, so that others see that it runs.</summary>
    /// <param name="wait">At most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <exception cref="TimeoutException">It takes longer than its caller waits; it is recorded, or has ended after all.</exception>
    public async Task<JobResult> WaitAsync(Job job, TimeSpan wait, CancellationToken cancellationToken)
    {
        var isEndless = wait == Timeout.InfiniteTimeSpan;
        var first = isEndless || wait > Unrecorded ? Unrecorded : wait;
        try
        {
            return await job.Done.Task.WaitAsync(first, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            job.Publish();
            // The row of one that runs, or that of one that has just ended.
            await (job.Record.WriteAsync(row => store.InsertAsync(row, null)) ?? job.Done.Task);
        }
        return await job.Done.Task.WaitAsync(isEndless ? wait : wait - first, time, cancellationToken);
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

    /// <summary>Cancels what this replica runs on a project.</summary>
    public void CancelAll(Guid projectId, string reason)
    {
        foreach (var job in _jobs.Values.Where(job => job.ProjectId == projectId))
        {
            Cancel(job.Id, reason);
        }
    }

    private void CheckRoom(Guid userId)
    {
        if (_jobs.Values.Count(job => job.User.Id == userId) >= options.Value.MaxWaitingPerUser)
        {
            throw RequestException.TooManyRequests(
                $"{options.Value.MaxWaitingPerUser} of your executions are waiting already (Tools:MaxWaitingPerUser).",
                TimeSpan.FromSeconds(5)
            );
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
            if (job.Record.Start(time.GetUtcNow()) is { } written && !job.Cancelled.IsCancellationRequested)
            {
                await written;
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
            await FinishAsync(job, new(outcome, timings, shared, job.Commit));
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
        if (job.NeedsSnapshot && await preparation.PrepareAsync(job) is { } prepared)
        {
            return (prepared, prepared.Success);
        }
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
                flight.SetResult(new(known.Outcome, job.Timings, true, job.Commit));
                return (known.Outcome, true);
            }
            var outcome = await InvokeAsync(job);
            if (outcome is { Success: true, Result: not null })
            {
                cache.Store(key, outcome);
            }
            flight.SetResult(new(outcome, job.Timings, false, job.Commit));
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
                metrics.RecordLookup(job.Tool.Tool.Name, "flight", outcome.Result!.Length);
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
        var entry = ExecutionAudit.Entry(audit, job, result);
        if (!await RecordEndAsync(job, result, entry))
        {
            // Another replica has it now, and its result is the one that counts.
            job.Done.TrySetException(
                new RequestException(
                    StatusCodes.Status503ServiceUnavailable,
                    $"The execution {job.Id} was taken over by another replica. Ask for its state."
                )
            );
            return;
        }
        metrics.RecordExecution(
            job.Tool.Tool.Name,
            result.Timings.Total / 1000,
            result.Timings.Queue / 1000,
            result.Cached,
            outcome.Status.ToString()
        );
        job.Done.TrySetResult(result);
        if (job.IsPublished)
        {
            await events.PublishAsync(
                job.Id,
                ExecutionEvent.Completed,
                new
                {
                    status = outcome.Status,
                    success = outcome.Success,
                    outcome = outcome.Outcome,
                    outcomeText = outcome.Text,
                    error = outcome.Error,
                    timings = result.Timings,
                }
            );
        }
    }

    private async Task<bool> RecordEndAsync(Job job, JobResult result, AuditEntry entry)
    {
        var (row, written) = job.Record.End();
        if (row is not null)
        {
            // Nobody has been told of it. If it cannot be recorded, its caller is told that it failed.
            await InsertFinishedAsync(row, job, result, entry);
            return true;
        }
        await written!;
        // The database may be unavailable for a while, as when it restarts. As long as the lease may last, nothing is given up.
        var giveUp = time.GetUtcNow() + ExecutionStore.Lease;
        while (true)
        {
            try
            {
                return await store.FinishAsync(job.Id, job.Generation, result, entry);
            }
            catch (Exception exception) when (time.GetUtcNow() < giveUp)
            {
                Log.NotRecorded(logger, exception, job.Id);
                await Task.Delay(RetryDelay, time);
            }
        }
    }

    private Task InsertFinishedAsync(Execution row, Job job, JobResult result, AuditEntry entry)
    {
        (row.Commit, row.Tree, row.Cached, row.Timings) = (job.Commit?.Commit, job.Commit?.Tree, result.Cached, result.Timings);
        row.FinishedAt = time.GetUtcNow();
        row.StartedAt ??= row.FinishedAt;
        return store.InsertFinishedAsync(row, result.Outcome, null, entry);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Execution {Id} came to no end")]
        public static partial void Faulted(ILogger logger, Exception exception, Guid id);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The end of execution {Id} is not recorded yet")]
        public static partial void NotRecorded(ILogger logger, Exception exception, Guid id);
    }
}
