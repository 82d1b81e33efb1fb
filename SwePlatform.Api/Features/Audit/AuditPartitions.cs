using System.Globalization;
using Npgsql;

namespace SwePlatform.Api.Features.Audit;

/// <summary>Makes the monthly partitions of the audit log ahead of time: this month and the two after it.</summary>
internal sealed partial class AuditPartitions(NpgsqlDataSource database, TimeProvider time, ILogger<AuditPartitions> logger)
    : BackgroundService
{
    private const int MonthsAhead = 2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(12), time);
        do
        {
            try
            {
                await EnsureAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                // Entries go to the default partition meanwhile; nothing is lost.
                Log.NotMade(logger, exception);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var month = new DateOnly(now.Year, now.Month, 1);
        for (var ahead = 0; ahead <= MonthsAhead; ahead++, month = month.AddMonths(1))
        {
            var sql = string.Create(
                CultureInfo.InvariantCulture,
                $"CREATE TABLE IF NOT EXISTS audit.audit_log_{month:yyyy_MM} PARTITION OF audit.audit_log FOR VALUES FROM "
                    + $"('{month:yyyy-MM-dd} 00:00+00') TO ('{month.AddMonths(1):yyyy-MM-dd} 00:00+00')"
            );
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "The audit log's next partitions could not be made; the default partition takes its entries"
        )]
        public static partial void NotMade(ILogger logger, Exception exception);
    }
}
