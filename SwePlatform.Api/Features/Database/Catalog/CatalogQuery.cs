using Npgsql;

namespace SwePlatform.Api.Features.Database.Catalog;

/// <summary>The questions to Postgres' own tables: one file of SQL each, which the API and the command line share.</summary>
internal static class CatalogQuery
{
    public static string Text(string name)
    {
        using var stream =
            typeof(CatalogQuery).Assembly.GetManifestResourceStream($"sql/{name}.sql")
            ?? throw new InvalidOperationException($"There is no query {name}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string name,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object?[] arguments
    )
    {
        await using var command = new NpgsqlCommand(Text(name), connection);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(
                argument is null
                    ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
                    : new NpgsqlParameter { Value = argument }
            );
        }
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    public static T? Nullable<T>(this NpgsqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    public static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
