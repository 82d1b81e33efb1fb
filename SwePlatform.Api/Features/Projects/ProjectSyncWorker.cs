using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Repositories.Clones;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Features.Projects;

/// <summary>Wakes this replica's sync worker at once; without it the worker looks every few seconds.</summary>
internal sealed class ProjectSyncQueue : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0);

    public void Wake() => _signal.Release();

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _signal.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _signal.Dispose();
}

/// <summary>
/// CloneStore and fetches the projects that ask for it. What is asked for is a row in the database, so it survives this
/// process; a lease keeps two replicas from working on the same one, and ends by itself when its holder died.
/// </summary>
internal sealed partial class ProjectSyncWorker(
    IDbContextFactory<SweDbContext> contexts,
    CloneStore clones,
    ProjectSyncQueue queue,
    ProjectCache cache,
    IOptions<ProjectOptions> options,
    TimeProvider time,
    ILogger<ProjectSyncWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.ConcurrentSyncs).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await TakeAsync(stoppingToken) is { } project)
                {
                    await SyncAsync(project, stoppingToken);
                    continue;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The database is unavailable, most likely. What was asked for is still asked for.
                Log.Faulted(logger, exception);
            }
            await queue.WaitAsync(Poll, stoppingToken);
        }
    }

    private async Task<Project?> TakeAsync(CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        var taken = await data
            .Projects.FromSql(
                $"""
                UPDATE projects SET lease_until = {now + Lease} WHERE id = (
                    SELECT id FROM projects WHERE sync_requested_at IS NOT NULL AND (lease_until IS NULL OR lease_until < {now})
                    ORDER BY sync_requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return taken.SingleOrDefault();
    }

    private async Task SyncAsync(Project project, CancellationToken stoppingToken)
    {
        using var working = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var renewing = RenewAsync(project.Id, working);
        FetchResult? result = null;
        string? problem = null;
        try
        {
            result = await clones.FetchAsync(project.Id, project.RepositoryUrl, project.DefaultBranch, working.Token);
        }
        catch (Exception exception) when (exception is GitException or RepositoryRefusedException)
        {
            problem = exception.Message;
        }
        catch (OperationCanceledException)
        {
            // Stopping, or the lease is lost. What was asked for is still asked for, by whoever takes it next.
            await ReleaseAsync(project.Id);
            return;
        }
        catch (Exception exception)
        {
            problem = "The repository could not be read; the server's log has the details.";
            Log.Failed(logger, exception, project.Id);
        }
        finally
        {
            await working.CancelAsync();
            await renewing;
        }
        await FinishAsync(project, result, problem);
    }

    // Stops the work when the project is gone, or another replica has taken it over.
    private async Task RenewAsync(Guid id, CancellationTokenSource working)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Lease / 3, time, working.Token);
                await using var data = await contexts.CreateDbContextAsync();
                var renewed = await data
                    .Projects.Where(project => project.Id == id && project.LeaseUntil != null)
                    .ExecuteUpdateAsync(set => set.SetProperty(project => project.LeaseUntil, time.GetUtcNow() + Lease), working.Token);
                if (renewed == 0)
                {
                    await working.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
    }

    private async Task ReleaseAsync(Guid id)
    {
        await using var data = await contexts.CreateDbContextAsync();
        var found = await data
            .Projects.Where(project => project.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(project => project.LeaseUntil, (DateTimeOffset?)null), CancellationToken.None);
        if (found == 0)
        {
            clones.Delete(id);
        }
    }

    private async Task FinishAsync(Project project, FetchResult? result, string? problem)
    {
        await using var data = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        var found = await data.Projects.FirstOrDefaultAsync(candidate => candidate.Id == project.Id);
        if (found is null)
        {
            clones.Delete(project.Id);
            return;
        }
        found.LeaseUntil = null;
        found.UpdatedAt = now;
        found.StatusMessage = problem;
        // A request that came in while this one was at work is not answered by it.
        if (found.SyncRequestedAt == project.SyncRequestedAt)
        {
            found.SyncRequestedAt = null;
        }
        if (result is not null)
        {
            found.Status = ProjectStatus.Ready;
            found.DefaultBranch ??= result.DefaultBranch == "HEAD" ? null : result.DefaultBranch;
            found.HeadCommit = result.Head.Commit;
            found.HeadTree = result.Head.Tree;
            found.SyncedAt = now;
            Log.Synced(logger, found.Name, result.Head.Commit);
        }
        else if (found.HeadCommit is null)
        {
            found.Status = ProjectStatus.Failed;
        }
        await data.SaveChangesAsync();
        await cache.ForgetAsync(found.UserId, found.Id);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Project {Name} is at commit {Commit}")]
        public static partial void Synced(ILogger logger, string name, string commit);

        [LoggerMessage(Level = LogLevel.Error, Message = "Project {Id} could not be fetched")]
        public static partial void Failed(ILogger logger, Exception exception, Guid id);

        [LoggerMessage(Level = LogLevel.Error, Message = "The sync worker met a problem, and tries again")]
        public static partial void Faulted(ILogger logger, Exception exception);
    }
}
