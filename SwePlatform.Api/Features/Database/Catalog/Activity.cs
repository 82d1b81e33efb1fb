using Npgsql;

namespace SwePlatform.Api.Features.Database.Catalog;

/// <summary>A session whose transaction is long, or that waits for another one.</summary>
/// <param name="BlockedBy">The processes that hold what it waits for.</param>
public sealed record SessionActivity(
    int ProcessId,
    string State,
    string Application,
    string User,
    string Query,
    string? WaitEventType,
    string? WaitEvent,
    double? QuerySeconds,
    double? TransactionSeconds,
    IReadOnlyList<int> BlockedBy
)
{
    internal static Task<List<SessionActivity>> ReadAsync(
        NpgsqlConnection connection,
        double longSeconds,
        CancellationToken cancellationToken
    ) =>
        CatalogQuery.ReadAsync(
            connection,
            "activity",
            reader => new SessionActivity(
                reader.GetInt32(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.Text(5),
                reader.Text(6),
                reader.Nullable<double>(7),
                reader.Nullable<double>(8),
                reader.GetFieldValue<int[]>(9)
            ),
            cancellationToken,
            longSeconds
        );
}
