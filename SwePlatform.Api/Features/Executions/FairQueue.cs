using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Decides which job runs next on this replica. Users take turns, whatever the number of jobs each has waiting; no
/// user, project or all together run more than their limit, and no user has all places; a workspace has one writer at a time. A
/// job that has to
/// wait for its workspace or project lets those behind it pass.
/// </summary>
internal sealed class FairQueue(IOptions<ExecutionOptions> options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(Guid User, Queue<Job> Jobs)> _waiting = [];
    private readonly HashSet<Job> _running = [];
    private readonly int _places = Places(options.Value);
    private readonly int _perUser = Math.Max(1, Math.Min(options.Value.ConcurrencyPerUser, Places(options.Value) - 1));

    /// <summary>How many jobs wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Sum(user => user.Jobs.Count);
            }
        }
    }

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Takes a place for the job at once if there is one: others who could have it have taken theirs.</summary>
    public bool TryEnter(Job job)
    {
        lock (_lock)
        {
            return _waiting.All(line => line.User != job.User.Id) && Fits(job) && _running.Add(job);
        }
    }

    public void Enqueue(Job job)
    {
        lock (_lock)
        {
            var line = _waiting.FirstOrDefault(line => line.User == job.User.Id);
            if (line.Jobs is null)
            {
                line = (job.User.Id, new());
                _waiting.AddLast(line);
            }
            line.Jobs.Enqueue(job);
        }
    }

    /// <summary>Gives the place of a finished job back.</summary>
    public void Leave(Job job)
    {
        lock (_lock)
        {
            _running.Remove(job);
        }
    }

    /// <summary>The next job that may run, with its place taken; null if none may.</summary>
    public Job? Take()
    {
        lock (_lock)
        {
            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                if (TakeFrom(node.Value.Jobs) is not { } job)
                {
                    continue;
                }
                // Whoever was served goes to the end.
                _waiting.Remove(node);
                if (node.Value.Jobs.Count > 0)
                {
                    _waiting.AddLast(node);
                }
                _running.Add(job);
                return job;
            }
            return null;
        }
    }

    private Job? TakeFrom(Queue<Job> jobs)
    {
        Job? found = null;
        for (var left = jobs.Count; left > 0; left--)
        {
            var job = jobs.Dequeue();
            if (found is null && (job.Cancelled.IsCancellationRequested || Fits(job)))
            {
                found = job;
            }
            else
            {
                jobs.Enqueue(job);
            }
        }
        return found;
    }

    // Programs mostly wait, and for long; what only reads has places of its own, so that it does not wait for them.
    private static bool RunsPrograms(Job job) => job.Tool.Tool.Annotations.Sandboxed;

    private bool Fits(Job job) =>
        _running.Count(running => RunsPrograms(running) == RunsPrograms(job)) < _places
        && _running.Count(running => running.User.Id == job.User.Id && RunsPrograms(running) == RunsPrograms(job)) < _perUser
        && (job.ProjectId is null || _running.Count(running => running.ProjectId == job.ProjectId) < options.Value.ConcurrencyPerProject)
        && (job.WritesTo is not { } workspace || _running.All(running => running.WritesTo != workspace));

    private static int Places(ExecutionOptions options) => options.Concurrency > 0 ? options.Concurrency : 2 * Environment.ProcessorCount;
}
