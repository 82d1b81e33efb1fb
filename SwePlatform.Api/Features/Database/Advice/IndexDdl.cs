using System.Security.Cryptography;
using System.Text;

namespace SwePlatform.Api.Features.Database.Advice;

/// <summary>Statements about indexes, of names that Postgres itself has told.</summary>
internal static class IndexDdl
{
    private const int LongestName = 63;

    public static string NameFor(string table, IReadOnlyList<string> columns)
    {
        var name = $"idx_{table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]}_{string.Join('_', columns)}";
        return Encoding.UTF8.GetByteCount(name) <= LongestName ? name : $"idx_{ShortHash($"{table}({string.Join(',', columns)})")}";
    }

    public static string Create(string table, string index, IReadOnlyList<string> columns) =>
        $"CREATE INDEX CONCURRENTLY {Quote(index)} ON {QuoteTable(table)} ({string.Join(", ", columns.Select(Quote))})";

    /// <param name="schema">The index is in the schema of its table.</param>
    public static string Drop(string schema, string index) => $"DROP INDEX CONCURRENTLY {Quote(schema)}.{Quote(index)}";

    /// <summary>What Postgres says it was made by, without closing the table meanwhile.</summary>
    public static string Concurrently(string definition)
    {
        var index = definition.IndexOf(" INDEX ", StringComparison.Ordinal) + " INDEX ".Length;
        return definition.Insert(index, "CONCURRENTLY ");
    }

    /// <summary>A query that needs the index, for a plan before and after.</summary>
    public static string Probe(string table, IReadOnlyList<string> columns) =>
        $"SELECT * FROM {QuoteTable(table)} WHERE {string.Join(" AND ", columns.Select((column, i) => $"{Quote(column)} = ${i + 1}"))}";

    public static string SchemaOf(string table) => table[..table.IndexOf('.', StringComparison.Ordinal)];

    public static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    public static string QuoteTable(string table) => $"{Quote(SchemaOf(table))}.{Quote(table[(SchemaOf(table).Length + 1)..])}";

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
