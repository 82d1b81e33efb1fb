using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Repositories;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Pruning;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Projects;

/// <summary>
/// Prunes each clone on this replica's disk once a day. It holds the lease that a fetch of the project holds, so that
/// the two never meet; a project whose lease is taken has its turn an hour later.
/// </summary>
internal sealed partial class PruneWorker(
    IDbContextFactory<SweDbContext> contexts,
    ObjectPruning pruning,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<PruneWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneDueAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Faulted(logger, exception);
            }
        }
    }

    /// <summary>Prunes the clones whose last time was a day ago.</summary>
    public async Task PruneDueAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in new DirectoryInfo(options.Value.Root).EnumerateDirectories())
        {
            var gitDir = Guid.TryParse(folder.Name, out var id) ? WorkspaceFolders.GitDir(options.Value.Root, id) : null;
            // The file outlives this process, and another on the same disk sees it too.
            var stamp = new FileInfo(Path.Combine(folder.FullName, "pruned"));
            if (
                !File.Exists(Path.Combine(gitDir ?? folder.FullName, "HEAD"))
                || (stamp.Exists && time.GetUtcNow() - stamp.LastWriteTimeUtc < Interval)
            )
            {
                continue;
            }
            try
            {
                if (await TryPruneAsync(id, gitDir!, cancellationToken))
                {
                    await StampAsync(stamp, cancellationToken);
                }
            }
            catch (Exception exception) when (exception is GitException or IOException or UnauthorizedAccessException or RequestException)
            {
                Log.Failed(logger, exception, id);
                // What failed now would most likely fail in an hour, and it was work.
                await StampAsync(stamp, cancellationToken);
            }
        }
    }

    private async Task StampAsync(FileInfo stamp, CancellationToken cancellationToken)
    {
        if (stamp.Directory!.Exists)
        {
            await File.WriteAllTextAsync(stamp.FullName, "", cancellationToken);
            stamp.LastWriteTimeUtc = time.GetUtcNow().UtcDateTime;
        }
    }

    private async Task<bool> TryPruneAsync(Guid id, string gitDir, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Longer than the pruning may take, so nobody can take it over meanwhile.
        var end = now + options.Value.PruneTimeout * ObjectPruning.Steps + TimeSpan.FromMinutes(1);
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        if (
            await data
                .Projects.Where(project => project.Id == id && (project.LeaseUntil == null || project.LeaseUntil < now))
                .ExecuteUpdateAsync(set => set.SetProperty(project => project.LeaseUntil, end), cancellationToken) == 0
        )
        {
            return false;
        }
        try
        {
            await pruning.PruneAsync(gitDir, cancellationToken);
            return true;
        }
        finally
        {
            await data
                .Projects.Where(project => project.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(project => project.LeaseUntil, (DateTimeOffset?)null), CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Old objects of project {ProjectId} could not be removed; trying again in a day"
        )]
        public static partial void Failed(ILogger logger, Exception exception, Guid projectId);

        [LoggerMessage(Level = LogLevel.Error, Message = "Old objects could not be removed; trying again in an hour")]
        public static partial void Faulted(ILogger logger, Exception exception);
    }
}
