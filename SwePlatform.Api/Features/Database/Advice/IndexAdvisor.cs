using System.Globalization;
using Npgsql;
using SwePlatform.Api.Features.Database.Catalog;

namespace SwePlatform.Api.Features.Database.Advice;

/// <summary>Says which indexes are missing and which are in the way.</summary>
internal static class IndexAdvisor
{
    /// <summary>Below this, reading a table as a whole costs next to nothing, and unused indexes prove nothing.</summary>
    public const long LeastRows = 1000;

    /// <summary>How long an index has to go unused before that says something.</summary>
    public static readonly TimeSpan LongEnough = TimeSpan.FromDays(7);

    private const int Statements = 100;
    private const int LeastCalls = 5;

    // The performance checklist looks for these by name.
    private static readonly string[] RequiredByChecklist = ["idx_users_email", "idx_projects_user_id", "idx_audit_logs_timestamp"];

    /// <param name="connection">One of its own, outside of a pool: plans are asked for by prepared statements.</param>
    public static async Task<List<IndexAdvice>> ReadAsync(
        NpgsqlConnection connection,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var catalog = await TableCatalog.ReadAsync(connection, cancellationToken);
        var server = await ServerFacts.ReadAsync(connection, cancellationToken);
        List<IndexAdvice> advice =
        [
            .. await MissingAsync(connection, catalog, cancellationToken),
            .. await ForeignKeysAsync(connection, cancellationToken),
            .. await InvalidAsync(connection, cancellationToken),
            .. await DuplicateAsync(connection, cancellationToken),
            .. await UnusedAsync(connection, server, now, cancellationToken),
        ];
        advice.RemoveAll(item =>
            item.Kind is IndexAdviceKind.Duplicate or IndexAdviceKind.Unused && RequiredByChecklist.Contains(item.Index)
        );
        // What is advised for two reasons is advised for the stronger one.
        return [.. advice.DistinctBy(item => item.Id)];
    }

    private static async Task<List<IndexAdvice>> MissingAsync(
        NpgsqlConnection connection,
        TableCatalog catalog,
        CancellationToken cancellationToken
    )
    {
        if (await StatementReport.FindFixAsync(connection, cancellationToken) is not null)
        {
            return [];
        }
        var statements = (await Statement("mean")).Concat(await Statement("total")).DistinctBy(statement => statement.QueryId);
        var search = new MissingIndexes(catalog);
        foreach (var statement in statements)
        {
            if (await QueryPlan.ExplainAsync(connection, statement.Query, cancellationToken) is { } plan)
            {
                search.Add(statement, plan);
            }
        }
        return search.ToAdvice();

        Task<List<Statement>> Statement(string order) =>
            StatementReport.ReadTopAsync(connection, order, Statements, LeastCalls, cancellationToken);
    }

    private static async Task<List<IndexAdvice>> ForeignKeysAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await CatalogQuery.ReadAsync(
            connection,
            "foreign-keys",
            reader =>
            {
                var table = $"{reader.GetString(0)}.{reader.GetString(1)}";
                var columns = reader.GetFieldValue<string[]>(2);
                var (rows, partitioned) = (reader.GetInt64(3), reader.GetBoolean(7));
                return Create(
                    IndexAdviceKind.ForeignKey,
                    table,
                    columns,
                    reader.GetInt64(4),
                    rows,
                    $"The foreign key {reader.GetString(5)} has no index: each delete or change of a key in {reader.GetString(6)} "
                        + "reads this table as a whole, and so does a join.",
                    rows < LeastRows ? "The table is small, so it costs little as yet." : null,
                    partitioned,
                    null
                );
            },
            cancellationToken
        );

    private static Task<List<IndexAdvice>> InvalidAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        CatalogQuery.ReadAsync(
            connection,
            "invalid-indexes",
            reader =>
                Drop(
                    IndexAdviceKind.Invalid,
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    [],
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetString(6),
                    "Building it was cut short: it is never used, and is kept up to date at each write.",
                    null
                ),
            cancellationToken
        );

    private static Task<List<IndexAdvice>> DuplicateAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        CatalogQuery.ReadAsync(
            connection,
            "duplicate-indexes",
            reader =>
                Drop(
                    IndexAdviceKind.Duplicate,
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetFieldValue<string[]>(10),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetString(6),
                    reader.GetBoolean(9)
                        ? $"{reader.GetString(7)} is the same: {reader.GetString(8)}"
                        : $"{reader.GetString(7)} begins with the same columns: {reader.GetString(8)}",
                    reader.GetBoolean(9) ? null : "The longer index is larger to read; measure if this table is read much."
                ),
            cancellationToken
        );

    private static async Task<List<IndexAdvice>> UnusedAsync(
        NpgsqlConnection connection,
        ServerFacts server,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var age = server.StatisticsSince is { } since ? now - since : (TimeSpan?)null;
        var period = server.StatisticsSince is { } start
            ? $"since {start.ToString("u", CultureInfo.InvariantCulture)}"
            : "since statistics are counted";
        var found = await CatalogQuery.ReadAsync(
            connection,
            "unused-indexes",
            reader =>
            {
                string?[] caveats =
                [
                    age < LongEnough
                        ? $"Statistics are only {age.Value.TotalDays.ToString("0.0", CultureInfo.InvariantCulture)} days old: monthly "
                            + "work may need it."
                        : null,
                    reader.GetBoolean(8)
                        ? "It serves a foreign key: without it, deletes in the other table read this one as a whole."
                        : null,
                    "Use on read replicas is not counted here.",
                ];
                return Drop(
                    IndexAdviceKind.Unused,
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.IsDBNull(9) ? [] : reader.GetFieldValue<string[]>(9),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetString(6),
                    $"It was never used {period}, while the table had {reader.GetInt64(7).ToString(CultureInfo.InvariantCulture)} writes.",
                    string.Join(' ', caveats.Where(caveat => caveat is not null))
                );
            },
            cancellationToken
        );
        return found.FindAll(advice => advice.Rows >= LeastRows);
    }

    internal static IndexAdvice Create(
        IndexAdviceKind kind,
        string table,
        IReadOnlyList<string> columns,
        long bytes,
        long rows,
        string reason,
        string? caveat,
        bool partitioned,
        QueryEvidence? evidence
    )
    {
        var index = IndexDdl.NameFor(table, columns);
        if (partitioned)
        {
            caveat = (
                $"{caveat} The table is partitioned: its index cannot be made while it is written to, so make it in a quiet "
                + "hour, without CONCURRENTLY."
            ).Trim();
        }
        return new(
            IndexDdl.ShortHash($"create {table} {string.Join(',', columns)}"),
            kind,
            table,
            columns,
            index,
            bytes,
            rows,
            null,
            reason,
            caveat,
            !partitioned,
            IndexDdl.Create(table, index, columns),
            IndexDdl.Drop(IndexDdl.SchemaOf(table), index),
            evidence
        );
    }

    private static IndexAdvice Drop(
        IndexAdviceKind kind,
        string schema,
        string table,
        string index,
        IReadOnlyList<string> columns,
        long bytes,
        long tableBytes,
        long rows,
        string definition,
        string reason,
        string? caveat
    ) =>
        new(
            IndexDdl.ShortHash($"drop {schema}.{index}"),
            kind,
            $"{schema}.{table}",
            columns,
            index,
            tableBytes,
            rows,
            bytes,
            reason,
            caveat,
            !definition.Contains(" ON ONLY ", StringComparison.Ordinal),
            IndexDdl.Drop(schema, index),
            IndexDdl.Concurrently(definition),
            null
        );
}
