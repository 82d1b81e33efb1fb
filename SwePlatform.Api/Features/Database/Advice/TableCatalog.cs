using Npgsql;
using SwePlatform.Api.Features.Database.Catalog;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Features.Database.Advice;

/// <param name="Root">The partitioned table that this one is a part of.</param>
/// <param name="Columns">Those that a b-tree can sort.</param>
internal sealed record KnownTable(
    string Name,
    long Rows,
    long Bytes,
    long Writes,
    bool Partitioned,
    string? Root,
    IReadOnlyList<string> Columns
);

/// <summary>The tables of this database and what their indexes begin with.</summary>
internal sealed class TableCatalog(List<KnownTable> tables, List<(string Table, string[] Columns)> indexes)
{
    private readonly Dictionary<string, KnownTable> _tables = tables.ToDictionary(table => table.Name);
    private readonly ILookup<string, string[]> _indexes = indexes.ToLookup(index => index.Table, index => index.Columns);

    public static async Task<TableCatalog> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        new(
            await ReadTablesAsync(connection, null, cancellationToken),
            await CatalogQuery.ReadAsync(
                connection,
                "index-columns",
                reader => ($"{reader.GetString(0)}.{reader.GetString(1)}", reader.GetFieldValue<string[]>(2)),
                cancellationToken
            )
        );

    public static async Task<KnownTable?> FindAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        (await ReadTablesAsync(connection, table, cancellationToken)).SingleOrDefault();

    public KnownTable? Find(string table) => _tables.GetValueOrDefault(table);

    /// <summary>Whether an index of this table begins with these columns, in whatever order.</summary>
    public bool HasIndex(string table, IReadOnlyCollection<string> columns) =>
        _indexes[table].Any(index => index.Length >= columns.Count && index.Take(columns.Count).All(columns.Contains));

    private static Task<List<KnownTable>> ReadTablesAsync(
        NpgsqlConnection connection,
        string? table,
        CancellationToken cancellationToken
    ) =>
        CatalogQuery.ReadAsync(
            connection,
            "table-facts",
            reader => new KnownTable(
                $"{reader.GetString(0)}.{reader.GetString(1)}",
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetBoolean(5),
                reader.Text(6),
                reader.IsDBNull(7) ? [] : reader.GetFieldValue<string[]>(7)
            ),
            cancellationToken,
            table
        );
}
