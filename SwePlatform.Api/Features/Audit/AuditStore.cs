using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Audit;

/// <summary>Appends to the audit log, and checks its chain.</summary>
internal sealed class AuditStore(NpgsqlDataSource database, IDbContextFactory<SweDbContext> contexts)
{
    private const string Columns =
        "id, sequence, timestamp, actor_id, actor, event_type, resource, outcome, request_id, client_address, details, previous_hash, hash";

    /// <summary>Appends the entries in this order. The row of the chain's end is locked, so replicas take turns.</summary>
    public async Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var attempts = 0;
        try
        {
            await DatabaseRetry.Pipeline.ExecuteAsync(
                async token =>
                {
                    attempts++;
                    await AppendOnceAsync(entries, token);
                },
                cancellationToken
            );
        }
        catch (PostgresException exception) when (attempts > 1 && exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The attempt before was committed, and only the answer was lost.
        }
    }

    private async Task AppendOnceAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AppendAsync(connection, entries, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Appends within the transaction that this connection has open.</summary>
    public static async Task AppendAsync(
        NpgsqlConnection connection,
        IReadOnlyList<AuditEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var (sequence, previous) = await LockEndAsync(connection, cancellationToken);
        foreach (var entry in entries)
        {
            entry.Sequence = ++sequence;
            entry.PreviousHash = previous;
            entry.Hash = previous = AuditChain.Hash(entry);
        }
        await CopyAsync(connection, entries, cancellationToken);

        await using var update = new NpgsqlCommand("UPDATE audit.audit_end SET sequence = $1, hash = $2", connection)
        {
            Parameters =
            {
                new() { Value = sequence },
                new() { Value = previous },
            },
        };
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(long Sequence, byte[] Hash)> LockEndAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT sequence, hash FROM audit.audit_end FOR UPDATE", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
    }

    private static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY audit.audit_log ({Columns}) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var entry in entries)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(entry.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(entry.Sequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(entry.Timestamp, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, entry.ActorId, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, entry.Actor, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(entry.EventType, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, entry.Resource, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(EnumText.Write(entry.Outcome), NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, entry.RequestId, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, entry.ClientAddress, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, entry.Details, NpgsqlDbType.Json, cancellationToken);
            await copy.WriteAsync(entry.PreviousHash, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(entry.Hash, NpgsqlDbType.Bytea, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);

    /// <summary>Recomputes every hash, from the oldest entry that is kept to the newest.</summary>
    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var start = await ReadPlaceAsync("audit_start", cancellationToken);
            var verdict = await VerifyAsync(start, await ReadPlaceAsync("audit_end", cancellationToken), cancellationToken);
            // Old entries may have been dropped meanwhile, which looks like a gap.
            if (verdict.Valid || (await ReadPlaceAsync("audit_start", cancellationToken)).Sequence == start.Sequence)
            {
                return verdict.Valid ? await FindUnauditedAsync(verdict, cancellationToken) : verdict;
            }
        }
    }

    // One statement sees one moment, and an end and its entry are one transaction: what is missing is missing for good.
    private async Task<AuditVerification> FindUnauditedAsync(AuditVerification verdict, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT count(*), (array_agg(id ORDER BY id))[1] FROM executions
            WHERE status NOT IN ('queued', 'running') AND finished_at >= (SELECT min(timestamp) FROM audit.audit_log)
                AND NOT EXISTS (SELECT 1 FROM audit.audit_log WHERE event_type = 'tool.execute' AND resource = executions.id::text)
            """
        );
        command.CommandTimeout = (int)TimeSpan.FromMinutes(10).TotalSeconds;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0) == 0
            ? verdict
            : verdict with
            {
                Valid = false,
                Problem = $"{reader.GetInt64(0)} executions ended without an entry, the first of them {reader.GetGuid(1)}.",
                UnauditedExecutions = reader.GetInt64(0),
                FirstUnauditedExecution = reader.GetGuid(1),
            };
    }

    private async Task<AuditVerification> VerifyAsync(ChainPlace start, ChainPlace end, CancellationToken cancellationToken)
    {
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = data.AuditEntries.AsNoTracking().OrderBy(entry => entry.Sequence).AsAsyncEnumerable();

        var last = start;
        long count = 0;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            // Replicas' clocks differ, so at a month's turn entries with the next month's date can be behind the last one dropped.
            var chained =
                entry.Sequence <= start.Sequence
                || (entry.Sequence == last.Sequence + 1 && entry.PreviousHash.AsSpan().SequenceEqual(last.Hash));
            if (
                !chained
                || !AuditChain.Hash(entry).AsSpan().SequenceEqual(entry.Hash)
                || (entry.Sequence == end.Sequence && !entry.Hash.AsSpan().SequenceEqual(end.Hash))
            )
            {
                return new(
                    false,
                    count,
                    entry.Sequence,
                    chained ? "This entry was altered." : "An entry before this one is missing or was altered."
                );
            }
            if (entry.Sequence > start.Sequence)
            {
                last = new(entry.Sequence, entry.Hash);
            }
            count++;
        }
        return last.Sequence >= end.Sequence
            ? new(true, count, null, null)
            : new(false, count, last.Sequence + 1, "The newest entries are missing.");
    }

    private sealed record ChainPlace(long Sequence, byte[] Hash);

    /// <param name="table"><c>audit_start</c>, the newest entry that was dropped, or <c>audit_end</c>, the newest of all.</param>
    private async Task<ChainPlace> ReadPlaceAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT sequence, hash FROM audit.{table}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
    }
}
