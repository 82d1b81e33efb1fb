using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SwePlatform.Api.Features.Audit;

/// <summary>
/// Drops the months of the audit log that are older than they have to be kept. The chain then begins behind the newest
/// entry that was dropped, whose hash is kept; the entry that tells of the drop is written together with it.
/// </summary>
internal sealed partial class AuditRetention(
    NpgsqlDataSource database,
    AuditTrail trail,
    IOptions<AuditOptions> options,
    TimeProvider time,
    ILogger<AuditRetention> logger
) : BackgroundService
{
    private const long LockKey = 0x737765_61756474;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(24);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await DropOldAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.NotDropped(logger, exception);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>The partitions that were dropped.</returns>
    public async Task<IReadOnlyList<string>> DropOldAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RetentionMonths == 0)
        {
            return [];
        }
        var now = time.GetUtcNow();
        var oldest = new DateOnly(now.Year, now.Month, 1).AddMonths(-options.Value.RetentionMonths);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await TryLockAsync(connection, cancellationToken))
        {
            return [];
        }
        try
        {
            var dropped = new List<string>();
            foreach (var (name, month) in await MonthsAsync(connection, cancellationToken))
            {
                if (month < oldest)
                {
                    await DropAsync(connection, name, cancellationToken);
                    dropped.Add(name);
                }
            }
            return dropped;
        }
        finally
        {
            await using var unlock = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection)
            {
                Parameters = { new() { Value = LockKey } },
            };
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection)
        {
            Parameters = { new() { Value = LockKey } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<List<(string Name, DateOnly Month)>> MonthsAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        const string sql = """
            SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'audit.audit_log'::regclass AND c.relname ~ '^audit_log_[0-9]{4}_[0-9]{2}$' ORDER BY 1
            """;
        var months = new List<(string, DateOnly)>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            if (
                DateOnly.TryParseExact(
                    name["audit_log_".Length..],
                    "yyyy_MM",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var month
                )
            )
            {
                months.Add((name, month));
            }
        }
        return months;
    }

    private async Task DropAsync(NpgsqlConnection connection, string partition, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Writers wait behind this, so it does not wait for long itself; a day later is early enough.
        await ExecuteAsync(connection, "SET LOCAL lock_timeout = '5s'", cancellationToken);
        var facts = await MeasureAsync(connection, partition, cancellationToken);
        await AuditStore.AppendAsync(connection, [trail.NewEntry("audit.retention", partition, details: facts)], cancellationToken);
        await ExecuteAsync(
            connection,
            $"""
            UPDATE audit.audit_start SET sequence = last.sequence, hash = last.hash
            FROM (SELECT sequence, hash FROM audit.{partition} ORDER BY sequence DESC LIMIT 1) AS last WHERE last.sequence >
                audit_start.sequence;
            DROP TABLE audit.{partition}
            """,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        Log.Dropped(logger, partition, facts.Entries);
    }

    private sealed record DroppedMonth(long Entries, long? FirstSequence, long? LastSequence);

    private static async Task<DroppedMonth> MeasureAsync(NpgsqlConnection connection, string partition, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*), min(sequence), max(sequence) FROM audit.{partition}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "Dropped {Partition} of the audit log with {Entries} entries: it is older than it has to be kept"
        )]
        public static partial void Dropped(ILogger logger, string partition, long entries);

        [LoggerMessage(Level = LogLevel.Error, Message = "Old months of the audit log could not be dropped; trying again in a day")]
        public static partial void NotDropped(ILogger logger, Exception exception);
    }
}
