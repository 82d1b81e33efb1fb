using Npgsql;
using SwePlatform.Api.Features.Database.Advice;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Database.Changes;

/// <summary>Turns a request into a change, of names that the catalog knows; nothing of the request's text reaches SQL.</summary>
internal static class IndexChangePlanner
{
    private static readonly string[] Schemas = ["public", "auth", "audit", "performance"];

    public static async Task<IndexChange> PlanAsync(
        NpgsqlConnection connection,
        IndexChangeRequest request,
        Guid userId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (
            (request.AdviceId is null ? 0 : 1) + (request.Table is null && request.Columns is null ? 0 : 1) + (request.Drop is null ? 0 : 1)
            != 1
        )
        {
            throw RequestException.Invalid("adviceId", "Give either adviceId, or table and columns, or drop.");
        }
        var advice = request switch
        {
            { AdviceId: { } id } => (await IndexAdvisor.ReadAsync(connection, now, cancellationToken)).Find(candidate => candidate.Id == id)
                ?? throw RequestException.NotFound(
                    "There is no such advice, or it no longer applies. GET /performance/database/indexes lists what does."
                ),
            { Drop: { } index } => await DropAsync(connection, index, cancellationToken),
            _ => await CreateAsync(connection, request.Table, request.Columns, cancellationToken),
        };
        if (!Schemas.Contains(IndexDdl.SchemaOf(advice.Table)))
        {
            throw RequestException.Invalid(
                "table",
                $"Only tables of this platform can be changed; their schemas are {string.Join(", ", Schemas)}."
            );
        }
        if (!advice.Applicable)
        {
            throw RequestException.Conflict(
                $"{advice.Caveat} The statement is: {advice.Ddl.Replace(" CONCURRENTLY", "", StringComparison.Ordinal)}"
            );
        }
        return new IndexChange
        {
            UserId = userId,
            Kind = advice.IndexBytes is null ? IndexChangeKind.Create : IndexChangeKind.Drop,
            Status = IndexChangeStatus.Running,
            TableName = advice.Table,
            IndexName = advice.Index,
            Ddl = advice.Ddl,
            UndoDdl = advice.Undo,
            Reason = advice.Reason,
            Query = advice.Evidence?.Query ?? (advice.Columns.Count > 0 ? IndexDdl.Probe(advice.Table, advice.Columns) : null),
            IndexBytes = advice.IndexBytes,
            CreatedAt = now,
        };
    }

    private static async Task<IndexAdvice> CreateAsync(
        NpgsqlConnection connection,
        string? name,
        IReadOnlyList<string>? columns,
        CancellationToken cancellationToken
    )
    {
        if (name is null || columns is null)
        {
            throw RequestException.Invalid(name is null ? "table" : "columns", "Give both the table and the columns.");
        }
        if (
            await TableCatalog.FindAsync(connection, name, cancellationToken) is not { } table
            || !Schemas.Contains(IndexDdl.SchemaOf(table.Name))
        )
        {
            throw RequestException.Invalid(
                "table",
                $"There is no such table. Write it as schema.table; the schemas are {string.Join(", ", Schemas)}."
            );
        }
        var known = columns.Select(column => table.Columns.FirstOrDefault(candidate => candidate == column)).ToList();
        if (known.Contains(null) || known.Distinct().Count() < known.Count)
        {
            throw RequestException.Invalid(
                "columns",
                $"Use each at most once of the columns that can be sorted: {string.Join(", ", table.Columns)}."
            );
        }
        var index = IndexDdl.NameFor(table.Name, known!);
        if (await ExistsAsync(connection, IndexDdl.SchemaOf(table.Name), index, cancellationToken))
        {
            throw RequestException.Conflict($"There is an index or table {index} already.");
        }
        return IndexAdvisor.Create(
            IndexAdviceKind.Missing,
            table.Name,
            known!,
            table.Bytes,
            table.Rows,
            "An administrator asked for it.",
            null,
            table.Partitioned,
            null
        );
    }

    private static async Task<IndexAdvice> DropAsync(NpgsqlConnection connection, string index, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT n.nspname::text, t.relname::text, x.relname::text, pg_relation_size(x.oid), pg_table_size(t.oid), pg_get_indexdef(x.oid),
                   i.indisunique OR i.indisexclusion OR i.indisreplident OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid),
                   x.relkind = 'I' OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = x.oid)
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON
                n.oid = x.relnamespace
            WHERE n.nspname || '.' || x.relname = $1 AND n.nspname = ANY ($2)
            """;
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = index },
                new() { Value = Schemas },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw RequestException.Invalid(
                "drop",
                $"There is no such index. Write it as schema.index; the schemas are {string.Join(", ", Schemas)}."
            );
        }
        if (reader.GetBoolean(6) || reader.GetBoolean(7))
        {
            throw RequestException.Conflict(
                reader.GetBoolean(6)
                    ? "This index keeps a rule (a primary key, uniqueness or another constraint), so it is not dropped here."
                    : "This index is part of a partitioned table's index, which cannot be dropped while the table is in use."
            );
        }
        var (schema, name, definition) = (reader.GetString(0), reader.GetString(2), reader.GetString(5));
        return new(
            "",
            IndexAdviceKind.Unused,
            $"{schema}.{reader.GetString(1)}",
            [],
            name,
            reader.GetInt64(4),
            0,
            reader.GetInt64(3),
            "An administrator asked for it.",
            null,
            true,
            IndexDdl.Drop(schema, name),
            IndexDdl.Concurrently(definition),
            null
        );
    }

    private static async Task<bool> ExistsAsync(
        NpgsqlConnection connection,
        string schema,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2)",
            connection
        )
        {
            Parameters =
            {
                new() { Value = schema },
                new() { Value = name },
            },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
