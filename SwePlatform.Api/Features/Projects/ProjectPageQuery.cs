using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Projects;

/// <summary>
/// A page of projects as JSON: one query for projects, owners and total, each row written as it is read. It is the
/// busiest list, and making entities and records of its rows took half of its time.
/// </summary>
internal sealed class ProjectPageQuery(NpgsqlDataSource database)
{
    private const string Count = "SELECT count(*) FROM projects";

    // The total comes with each row; only a page beyond the end has to ask for it by itself.
    private static readonly string All = Select("", "");
    private static readonly string Own = Select("WHERE user_id = $3", "WHERE p.user_id = $3");

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static string Select(string counted, string selected) =>
        $"""
            SELECT p.id, p.name, p.repository_url, p.default_branch, p.status, p.status_message, p.head_commit, p.head_tree,
                   p.sync_requested_at IS NOT NULL, p.allow_network, p.created_at, p.synced_at, u.id, u.email, u.display_name,
                       ({Count} {counted})
            FROM projects p JOIN auth.users u ON u.id = p.user_id
            {selected}
            ORDER BY p.id DESC LIMIT $1 OFFSET $2
            """;

    /// <param name="owner">Whose projects; null for all.</param>
    /// <returns>A <see cref="PagedList{T}"/> of <see cref="ProjectResponse"/> as JSON in UTF-8.</returns>
    public async ValueTask<byte[]> ReadAsync(Page page, Guid? owner, CancellationToken cancellationToken) =>
        await DatabaseRetry.Pipeline.ExecuteAsync(async token => await ReadOnceAsync(page, owner, token), cancellationToken);

    private async Task<byte[]> ReadOnceAsync(Page page, Guid? owner, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        await using var json = new Utf8JsonWriter(buffer, Json);
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
        long? total = page.Skip == 0 ? 0 : null;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(owner is null ? All : Own, connection))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = page.Limit });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = page.Skip });
            AddOwner(command, owner);
            // Once for each connection of the pool.
            await command.PrepareAsync(cancellationToken);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                WriteProject(json, reader);
                total = reader.GetInt64(15);
            }
        }
        if (total is null)
        {
            await using var command = new NpgsqlCommand(owner is null ? Count : $"{Count} WHERE user_id = $1", connection);
            AddOwner(command, owner);
            total = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        json.WriteEndArray();
        json.WriteNumber("skip"u8, page.Skip);
        json.WriteNumber("limit"u8, page.Limit);
        json.WriteNumber("total"u8, total.Value);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return buffer.WrittenSpan.ToArray();
    }

    private static void AddOwner(NpgsqlCommand command, Guid? owner)
    {
        if (owner is { } id)
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id, NpgsqlDbType = NpgsqlDbType.Uuid });
        }
    }

    private static void WriteProject(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, row.GetGuid(0));
        json.WriteString("name"u8, row.GetString(1));
        json.WriteString("repositoryUrl"u8, row.GetString(2));
        json.WriteString("defaultBranch"u8, Text(row, 3));
        json.WriteString("status"u8, row.GetString(4));
        json.WriteString("statusMessage"u8, Text(row, 5));
        json.WriteString("headCommit"u8, Text(row, 6));
        json.WriteString("headTree"u8, Text(row, 7));
        json.WriteBoolean("syncing"u8, row.GetBoolean(8));
        json.WriteBoolean("allowNetwork"u8, row.GetBoolean(9));
        json.WriteString("createdAt"u8, row.GetFieldValue<DateTimeOffset>(10));
        if (row.IsDBNull(11))
        {
            json.WriteNull("syncedAt"u8);
        }
        else
        {
            json.WriteString("syncedAt"u8, row.GetFieldValue<DateTimeOffset>(11));
        }
        json.WriteStartObject("owner"u8);
        json.WriteString("id"u8, row.GetGuid(12));
        json.WriteString("email"u8, row.GetString(13));
        json.WriteString("displayName"u8, row.GetString(14));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
