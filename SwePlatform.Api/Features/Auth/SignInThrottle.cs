using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Concurrency;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Auth;

/// <summary>
/// Slows down the guessing of passwords. Each attempt is counted before its password is looked at, for the pair of address
/// and email, and for the email; in Postgres, so that the count holds for every replica and over restarts. Attempts of one pair
/// take turns, so that those who know their password are not counted as guesses for being many at once.
/// </summary>
internal sealed class SignInThrottle(NpgsqlDataSource database, IOptions<AuthOptions> options, TimeProvider time)
{
    private const int MaxWaiting = 64;

    // The email counts only those attempts whose pair is open: one address alone cannot close an account for everybody.
    private const string Count = """
        WITH pair AS (
            INSERT INTO auth.sign_in_failures AS f (key, count, window_start) VALUES ($1, 1, $3)
            ON CONFLICT (key) DO UPDATE SET count = CASE WHEN f.window_start > $4 THEN least(f.count, 1000000) + 1 ELSE 1 END,
                window_start = CASE WHEN f.window_start > $4 THEN f.window_start ELSE $3 END
            RETURNING count, window_start),
        everywhere AS (
            INSERT INTO auth.sign_in_failures AS f (key, count, window_start) SELECT $2, 1, $3 FROM pair WHERE pair.count <= $5
            ON CONFLICT (key) DO UPDATE SET count = CASE WHEN f.window_start > $4 THEN least(f.count, 1000000) + 1 ELSE 1 END,
                window_start = CASE WHEN f.window_start > $4 THEN f.window_start ELSE $3 END
            RETURNING count, window_start)
        SELECT pair.window_start, pair.count > $5, everywhere.window_start, coalesce(everywhere.count > $6, false) FROM pair LEFT
            JOIN everywhere ON true
        """;

    private const string Forget = """
        WITH gone AS (DELETE FROM auth.sign_in_failures WHERE key = $1)
        UPDATE auth.sign_in_failures SET count = greatest(count - 1, 0) WHERE key = $2
        """;

    private readonly KeyedTurns _turns = new(MaxWaiting);

    /// <summary>Counts an attempt as a failure, which it is until <see cref="SucceedAsync"/> says otherwise.</summary>
    /// <returns>The turn of this pair, to be disposed when the attempt is over.</returns>
    /// <exception cref="RequestException">429: too many failures; says when to try again.</exception>
    public async Task<IDisposable> BeginAsync(string email, string client, CancellationToken cancellationToken)
    {
        var turn =
            await _turns.EnterAsync($"{client}\n{email}", cancellationToken)
            ?? throw RequestException.TooManyRequests(
                "Too many sign-ins of this account at the same time. Try again.",
                TimeSpan.FromSeconds(5)
            );
        try
        {
            await DatabaseRetry.Pipeline.ExecuteAsync(
                token =>
                    CountAsync(
                        $"pair\n{client}\n{email}",
                        $"email\n{email}",
                        options.Value.MaxFailuresPerClientAndEmail,
                        options.Value.MaxFailuresPerEmail,
                        "Too many failed sign-ins. Wait before you try again.",
                        token
                    ),
                cancellationToken
            );
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>The attempt was none to guess: the pair starts anew.</summary>
    public ValueTask SucceedAsync(string email, string client, CancellationToken cancellationToken) =>
        DatabaseRetry.Pipeline.ExecuteAsync(
            async token =>
            {
                await using var command = database.CreateCommand(Forget);
                Bind(command, Key($"pair\n{client}\n{email}"), Key($"email\n{email}"));
                await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken
        );

    /// <summary>Counts a new account of an address.</summary>
    /// <exception cref="RequestException">429: it has made too many.</exception>
    public ValueTask CountRegistrationAsync(string client, CancellationToken cancellationToken) =>
        DatabaseRetry.Pipeline.ExecuteAsync(
            token =>
                CountAsync(
                    $"register\n{client}",
                    "register everywhere",
                    options.Value.MaxRegistrationsPerAddress,
                    int.MaxValue,
                    $"{options.Value.MaxRegistrationsPerAddress} accounts from one address are the limit "
                        + "(Auth:MaxRegistrationsPerAddress). Wait before you make another.",
                    token
                ),
            cancellationToken
        );

    private async ValueTask CountAsync(
        string pair,
        string everywhere,
        int pairLimit,
        int everywhereLimit,
        string problem,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(Count);
        Bind(command, Key(pair), Key(everywhere), now, now - options.Value.FailureWindow, pairLimit, everywhereLimit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var closed =
            reader.GetBoolean(1) ? 0
            : reader.GetBoolean(3) ? 2
            : -1;
        if (closed >= 0)
        {
            throw RequestException.TooManyRequests(
                problem,
                reader.GetFieldValue<DateTimeOffset>(closed) + options.Value.FailureWindow - now
            );
        }
    }

    private static void Bind(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
    }

    // Hashed, so that the table tells nobody which addresses were tried, and every key has one size.
    private static byte[] Key(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
