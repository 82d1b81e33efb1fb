using System.Globalization;
using Npgsql;

namespace SwePlatform.Tool.Database.Backups;

/// <param name="Checksum">The sum of the hashes of all rows: the same rows in any order have the same.</param>
internal sealed record TableContents(string Name, long Rows, string Checksum);

/// <summary>What is in a database, in a form that two databases can be compared by.</summary>
/// <param name="Objects">How many tables, indexes, constraints, triggers and functions there are.</param>
internal sealed record DatabaseContents(IReadOnlyList<TableContents> Tables, IReadOnlyDictionary<string, long> Objects)
{
    private const string OwnSchemas =
        "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";
    private const string NotOfExtension = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')";

    private const string ObjectCounts = $"""
        SELECT 'tables', count(*)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND {OwnSchemas} AND {NotOfExtension}
        UNION ALL SELECT 'indexes', count(*)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('i', 'I') AND {OwnSchemas}
        UNION ALL SELECT 'sequences', count(*)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'S' AND {OwnSchemas}
        UNION ALL SELECT 'views', count(*)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm') AND {OwnSchemas} AND {NotOfExtension}
        UNION ALL SELECT 'constraints', count(*)
            FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
            WHERE c.contype <> 'n' AND {OwnSchemas}
        UNION ALL SELECT 'triggers', count(*)
            FROM pg_trigger c JOIN pg_class t ON t.oid = c.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE NOT c.tgisinternal AND {OwnSchemas}
        UNION ALL SELECT 'functions', count(*)
            FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace
            WHERE {OwnSchemas} AND {NotOfExtension}
        """;

    /// <summary>Reads every row once. The connection decides on the snapshot.</summary>
    public static async Task<DatabaseContents> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A row's text depends on these.
        await using (
            var settings = new NpgsqlCommand(
                "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 1; "
                    + "SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET row_security = off",
                connection
            )
        )
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }
        var names = await ReadAsync(
            connection,
            $"""
            SELECT n.nspname || '.' || c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND {OwnSchemas} AND {NotOfExtension}
            ORDER BY 1
            """,
            reader => (Name: reader.GetString(0), Quoted: reader.GetString(1)),
            cancellationToken
        );
        var tables = new List<TableContents>();
        foreach (var (name, quoted) in names)
        {
            tables.AddRange(
                await ReadAsync(
                    connection,
                    $"""
                    SELECT count(*),
                        coalesce(sum(('x' || substr(h, 1, 16))::bit(64)::bigint::numeric), 0)::text || ':'
                            || coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint::numeric), 0)::text
                    FROM (SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS h FROM ONLY {quoted} AS t) AS hashed
                    """,
                    reader => new TableContents(name, reader.GetInt64(0), reader.GetString(1)),
                    cancellationToken
                )
            );
        }
        var counts = await ReadAsync(connection, ObjectCounts, reader => (reader.GetString(0), reader.GetInt64(1)), cancellationToken);
        return new(tables, counts.ToDictionary(count => count.Item1, count => count.Item2));
    }

    /// <summary>What is different in <paramref name="other"/>, a line each.</summary>
    public IEnumerable<string> DifferencesTo(DatabaseContents other)
    {
        var theirs = other.Tables.ToDictionary(table => table.Name);
        foreach (var table in Tables)
        {
            if (!theirs.Remove(table.Name, out var same))
            {
                yield return $"{table.Name} is missing";
            }
            else if (same.Rows != table.Rows)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{table.Name} has {same.Rows} rows instead of {table.Rows}");
            }
            else if (same.Checksum != table.Checksum)
            {
                yield return $"{table.Name} has the right number of rows, but other contents";
            }
        }
        foreach (var extra in theirs.Keys)
        {
            yield return $"{extra} was not in the backup";
        }
        foreach (var (kind, count) in Objects)
        {
            if (other.Objects.GetValueOrDefault(kind) != count)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"there are {other.Objects.GetValueOrDefault(kind)} {kind} instead of {count}"
                );
            }
        }
    }

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        var rows = new List<T>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }
}
