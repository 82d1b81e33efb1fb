using System.Globalization;
using Npgsql;

namespace SwePlatform.Api.Features.Database.Catalog;

/// <param name="QueryId">How pg_stat_statements names it.</param>
/// <param name="Query">The query with its values taken out.</param>
/// <param name="CacheRatio">How much of what it read was in the server's memory; null if it read nothing.</param>
public sealed record Statement(
    string QueryId,
    string Query,
    long Calls,
    double MeanMs,
    double MaxMs,
    double TotalMs,
    long Rows,
    double? CacheRatio
);

/// <param name="Available">Whether pg_stat_statements answers; if not, <paramref name="Fix"/> says what to do.</param>
/// <param name="Since">From when on it counts.</param>
public sealed record StatementReport(
    bool Available,
    string? Fix,
    DateTimeOffset? Since,
    IReadOnlyList<Statement> SlowestByMean,
    IReadOnlyList<Statement> MostTimeInTotal
)
{
    private const int LongestQuery = 4000;

    internal static async Task<StatementReport> ReadAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken)
    {
        if (await FindFixAsync(connection, cancellationToken) is { } fix)
        {
            return new(false, fix, null, [], []);
        }
        var since = await CatalogQuery.ReadAsync(
            connection,
            "statements-since",
            reader => reader.GetFieldValue<DateTimeOffset>(0),
            cancellationToken
        );
        return new(
            true,
            null,
            since[0],
            (await ReadTopAsync(connection, "mean", limit, 1, cancellationToken)).ConvertAll(Shorten),
            (await ReadTopAsync(connection, "total", limit, 1, cancellationToken)).ConvertAll(Shorten)
        );
    }

    /// <summary>What is to be done before there are statistics of statements; null if there are.</summary>
    internal static async Task<string?> FindFixAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (installed, loaded) = (
            await CatalogQuery.ReadAsync(
                connection,
                "has-statements",
                reader => (reader.GetBoolean(0), reader.GetBoolean(1)),
                cancellationToken
            )
        )[0];
        if (!installed)
        {
            return "The extension pg_stat_statements is missing in this database. As a superuser, run: CREATE EXTENSION pg_stat_statements;"
                + (
                    loaded
                        ? ""
                        : " It also has to be in shared_preload_libraries (see deploy/postgres.conf), which needs a restart of the server."
                );
        }
        try
        {
            await using var probe = new NpgsqlCommand("SELECT 1 FROM pg_stat_statements LIMIT 1", connection);
            await probe.ExecuteScalarAsync(cancellationToken);
            return null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return "The server was started without pg_stat_statements. Put it into shared_preload_libraries (see "
                + "deploy/postgres.conf) and restart the server.";
        }
    }

    /// <param name="order"><c>mean</c> or <c>total</c>.</param>
    internal static Task<List<Statement>> ReadTopAsync(
        NpgsqlConnection connection,
        string order,
        int limit,
        long leastCalls,
        CancellationToken cancellationToken
    ) =>
        CatalogQuery.ReadAsync(
            connection,
            "statements",
            reader =>
            {
                var (hits, reads) = (reader.GetInt64(7), reader.GetInt64(8));
                return new Statement(
                    reader.GetInt64(0).ToString(CultureInfo.InvariantCulture),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    Math.Round(reader.GetDouble(3), 3),
                    Math.Round(reader.GetDouble(4), 3),
                    Math.Round(reader.GetDouble(5), 3),
                    reader.GetInt64(6),
                    hits + reads == 0 ? null : Math.Round((double)hits / (hits + reads), 4)
                );
            },
            cancellationToken,
            order,
            limit,
            leastCalls
        );

    private static Statement Shorten(Statement statement) =>
        statement.Query.Length <= LongestQuery ? statement : statement with { Query = statement.Query[..LongestQuery] + " …" };
}
