using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Idempotency;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Removes what is kept for a day only: idempotency keys and large cached results.</summary>
internal sealed partial class ExecutionCleanup(
    IDbContextFactory<SweDbContext> contexts,
    TimeProvider time,
    ILogger<ExecutionCleanup> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var oldest = time.GetUtcNow() - IdempotencyKey.Lifetime;
                await using var data = await contexts.CreateDbContextAsync(stoppingToken);
                await data.IdempotencyKeys.Where(key => key.CreatedAt < oldest).ExecuteDeleteAsync(stoppingToken);
                await data.CachedResults.Where(result => result.CreatedAt < oldest).ExecuteDeleteAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Failed(logger, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Old idempotency keys and results could not be removed; trying again in an hour"
        )]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
