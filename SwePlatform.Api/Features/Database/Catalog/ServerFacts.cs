using Npgsql;

namespace SwePlatform.Api.Features.Database.Catalog;

/// <param name="StatisticsSince">From when on scans and cache hits are counted; null is since the database was made.</param>
public sealed record ServerFacts(
    string Version,
    int VersionNumber,
    DateTimeOffset StartedAt,
    string Database,
    long SizeBytes,
    DateTimeOffset? StatisticsSince,
    int MaxConnections,
    int ReservedConnections
)
{
    internal static async Task<ServerFacts> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (
            await CatalogQuery.ReadAsync(
                connection,
                "server",
                reader => new ServerFacts(
                    reader.GetString(0),
                    reader.GetInt32(1),
                    reader.GetFieldValue<DateTimeOffset>(2),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.Nullable<DateTimeOffset>(5),
                    reader.GetInt32(6),
                    reader.GetInt32(7)
                ),
                cancellationToken
            )
        )[0];
}

/// <param name="State">As Postgres names it: <c>active</c>, <c>idle</c>, <c>idle in transaction</c>.</param>
/// <param name="ThisDatabase">Whether they are connected to this database, or to another one of the server.</param>
public sealed record ConnectionCount(string State, string Application, bool ThisDatabase, long Count)
{
    internal static Task<List<ConnectionCount>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        CatalogQuery.ReadAsync(
            connection,
            "connections",
            reader => new ConnectionCount(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt64(3)),
            cancellationToken
        );
}

/// <summary>How much of what was read was in the server's memory; a ratio is null as long as nothing was read.</summary>
public sealed record BufferHits(double? TableRatio, double? IndexRatio, long TableHits, long TableReads, long IndexHits, long IndexReads)
{
    internal static async Task<BufferHits> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (
            await CatalogQuery.ReadAsync(
                connection,
                "cache",
                reader => Create(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
                cancellationToken
            )
        )[0];

    private static BufferHits Create(long tableHits, long tableReads, long indexHits, long indexReads) =>
        new(Ratio(tableHits, tableReads), Ratio(indexHits, indexReads), tableHits, tableReads, indexHits, indexReads);

    private static double? Ratio(long hits, long reads) => hits + reads == 0 ? null : Math.Round((double)hits / (hits + reads), 4);
}

/// <param name="DeadRatio">Dead rows among all rows; a vacuum makes their room free for new ones.</param>
/// <param name="BloatBytes">Estimate of the room that the table takes beyond what its rows need; null before it is analysed.</param>
/// <param name="Writes">Rows inserted, updated and deleted since statistics are counted.</param>
public sealed record TableFacts(
    string Table,
    long Rows,
    long DeadRows,
    double DeadRatio,
    long TableBytes,
    long IndexBytes,
    long TotalBytes,
    long SequentialScans,
    long IndexScans,
    long Writes,
    DateTimeOffset? LastVacuum,
    DateTimeOffset? LastAnalyze,
    long? BloatBytes
)
{
    internal static Task<List<TableFacts>> ReadAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken) =>
        CatalogQuery.ReadAsync(
            connection,
            "tables",
            reader =>
            {
                var (live, dead) = (reader.GetInt64(2), reader.GetInt64(3));
                return new TableFacts(
                    $"{reader.GetString(0)}.{reader.GetString(1)}",
                    live,
                    dead,
                    live + dead == 0 ? 0 : Math.Round((double)dead / (live + dead), 4),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetInt64(8),
                    reader.GetInt64(9),
                    reader.Nullable<DateTimeOffset>(10),
                    reader.Nullable<DateTimeOffset>(11),
                    reader.Nullable<long>(12)
                );
            },
            cancellationToken,
            limit
        );
}

/// <param name="Scans">How often it was used since statistics are counted.</param>
public sealed record IndexUse(string Table, string Index, long Bytes, long Scans, long RowsRead, bool Unique, bool Valid, string Definition)
{
    internal static Task<List<IndexUse>> ReadAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken) =>
        CatalogQuery.ReadAsync(
            connection,
            "indexes",
            reader => new IndexUse(
                $"{reader.GetString(0)}.{reader.GetString(1)}",
                $"{reader.GetString(0)}.{reader.GetString(2)}",
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetInt64(5),
                reader.GetBoolean(6),
                reader.GetBoolean(7),
                reader.GetString(8)
            ),
            cancellationToken,
            limit
        );
}
