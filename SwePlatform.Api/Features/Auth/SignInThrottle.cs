using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure;

namespace SwePlatform.Api.Features.Auth;

/// <summary>
/// Slows down the guessing of passwords. Failures are counted for the pair of client and email, for the client,
/// and for the email; in Postgres, so that the count holds for every replica and over restarts.
/// </summary>
internal sealed class SignInThrottle(NpgsqlDataSource database, IOptions<AuthOptions> options, TimeProvider time)
{
    private const string Tried =
        "SELECT key, window_start FROM auth.sign_in_failures WHERE key = ANY($1) AND window_start > $2 AND count >= CASE key WHEN $3 THEN $4 WHEN $5 THEN $6 ELSE $7 END";

    private const string Fail =
        """
        INSERT INTO auth.sign_in_failures AS f (key, count, window_start) SELECT key, 1, $2 FROM unnest($1) AS key ORDER BY key
        ON CONFLICT (key) DO UPDATE SET
          count = CASE WHEN f.window_start > $3 THEN f.count + 1 ELSE 1 END,
          window_start = CASE WHEN f.window_start > $3 THEN f.window_start ELSE $2 END
        """;

    /// <exception cref="RequestException">429: too many failures; says when to try again.</exception>
    public ValueTask CheckAsync(string email, string client, CancellationToken cancellationToken) =>
        DatabaseRetry.Pipeline.ExecuteAsync(token => CheckOnceAsync(email, client, token), cancellationToken);

    public ValueTask FailAsync(string email, string client, CancellationToken cancellationToken) =>
        DatabaseRetry.Pipeline.ExecuteAsync(token => FailOnceAsync(email, client, token), cancellationToken);

    /// <summary>After a success the pair starts anew. The client does not: one good account would cover guesses at others.</summary>
    public ValueTask SucceedAsync(string email, string client, CancellationToken cancellationToken) =>
        DatabaseRetry.Pipeline.ExecuteAsync(token => SucceedOnceAsync(email, client, token), cancellationToken);

    private async ValueTask CheckOnceAsync(string email, string client, CancellationToken cancellationToken)
    {
        var (pair, byClient, byEmail) = Keys(email, client);
        var limits = options.Value;
        await using var command = database.CreateCommand(Tried);
        Bind(command, new[] { pair, byClient, byEmail }, time.GetUtcNow() - limits.FailureWindow,
            pair, limits.MaxFailuresPerClientAndEmail, byClient, limits.MaxFailuresPerClient, limits.MaxFailuresPerEmail);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
        {
            var until = reader.GetFieldValue<DateTimeOffset>(1) + limits.FailureWindow;
            throw RequestException.TooManyRequests("Too many failed sign-ins. Wait before you try again.", until - time.GetUtcNow());
        }
    }

    private async ValueTask FailOnceAsync(string email, string client, CancellationToken cancellationToken)
    {
        var (pair, byClient, byEmail) = Keys(email, client);
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(Fail);
        Bind(command, new[] { pair, byClient, byEmail }, now, now - options.Value.FailureWindow);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async ValueTask SucceedOnceAsync(string email, string client, CancellationToken cancellationToken)
    {
        var (pair, _, _) = Keys(email, client);
        await using var command = database.CreateCommand("DELETE FROM auth.sign_in_failures WHERE key = $1");
        Bind(command, pair);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Bind(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
    }

    private static (byte[] Pair, byte[] Client, byte[] Email) Keys(string email, string client) =>
        (Key($"pair\n{client}\n{email}"), Key($"client\n{client}"), Key($"email\n{email}"));

    // Hashed, so that the table tells nobody which addresses were tried, and every key has one size.
    private static byte[] Key(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
