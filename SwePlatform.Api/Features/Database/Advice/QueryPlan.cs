using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace SwePlatform.Api.Features.Database.Advice;

/// <summary>Asks Postgres how it would run a query whose values are not known.</summary>
internal static partial class QueryPlan
{
    /// <returns>The plan as JSON; null if Postgres cannot plan this text.</returns>
    public static async Task<JsonElement?> ExplainAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        // A text with a second statement would run that one: EXPLAIN covers only the first.
        if (!Plannable().IsMatch(query) || query.Contains(';', StringComparison.Ordinal))
        {
            return null;
        }
        // Normalised texts have a parameter where the grammar wants a literal.
        var text = TypedLiteral().Replace(query, "$2::$1");
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, "SET TRANSACTION READ ONLY", cancellationToken);
            // Or each of these would be a statement of its own in the statistics, and each text that cannot be planned an error in the log.
            await ExecuteAsync(
                connection,
                "SELECT set_config('pg_stat_statements.track', 'none', true), set_config('log_min_messages', 'fatal', true) "
                    + "FROM pg_roles WHERE rolname = current_user AND rolsuper",
                cancellationToken
            );
            await ExecuteAsync(
                connection,
                "SET LOCAL statement_timeout = '3s'; SET LOCAL lock_timeout = '1s'; SET LOCAL plan_cache_mode = force_generic_plan",
                cancellationToken
            );
            return await ExplainPreparedAsync(connection, text, cancellationToken);
        }
        catch (PostgresException)
        {
            return null;
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await transaction.RollbackAsync(CancellationToken.None);
                await ExecuteAsync(connection, "DEALLOCATE ALL", CancellationToken.None);
            }
        }
    }

    public static double CostOf(JsonElement plan) => plan[0].GetProperty("Plan").GetProperty("Total Cost").GetDouble();

    // EXPLAIN (GENERIC_PLAN), which newer servers have, wants values when it comes by the protocol that Npgsql speaks.
    private static async Task<JsonElement?> ExplainPreparedAsync(
        NpgsqlConnection connection,
        string text,
        CancellationToken cancellationToken
    )
    {
        await ExecuteAsync(connection, $"PREPARE swe_advice AS {text}", cancellationToken);
        await using var count = new NpgsqlCommand(
            "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'swe_advice'",
            connection
        );
        var parameters = (int)(await count.ExecuteScalarAsync(cancellationToken))!;
        var arguments = parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", parameters))})";
        await using var command = new NpgsqlCommand($"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE swe_advice{arguments}", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? JsonElement.Parse(json) : null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [GeneratedRegex(@"^\s*(SELECT|WITH|UPDATE|DELETE)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Plannable();

    [GeneratedRegex(@"\b(interval|date|timestamp|timestamptz|time)\s+(\$\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex TypedLiteral();
}
