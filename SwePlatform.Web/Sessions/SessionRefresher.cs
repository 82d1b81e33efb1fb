using System.Net;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Sessions;

/// <summary>
/// Keeps a session's access token fresh. The API takes the second use of a refresh token for theft and revokes
/// the whole session, so at most one caller refreshes at a time, across all replicas.
/// </summary>
internal sealed partial class SessionRefresher(SessionStore store, AuthClient auth, TimeProvider time, ILogger<SessionRefresher> logger)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>A token good for at least another moment.</summary>
    /// <exception cref="SessionExpiredException">Only a new sign-in helps.</exception>
    public async Task<string> GetAccessTokenAsync(string sessionId, CancellationToken cancellationToken)
    {
        var tokens = await FindAsync(sessionId);
        return IsFresh(tokens) ? tokens.AccessToken : await RefreshAsync(sessionId, tokens.AccessToken, cancellationToken);
    }

    /// <summary>A token other than <paramref name="staleToken"/>, which the API no longer takes.</summary>
    public async Task<string> RefreshAsync(string sessionId, string staleToken, CancellationToken cancellationToken)
    {
        var holder = Guid.CreateVersion7().ToString();
        while (!await store.TryLockAsync(sessionId, holder))
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            var tokens = await FindAsync(sessionId);
            if (tokens.AccessToken != staleToken)
                return tokens.AccessToken;
        }

        try
        {
            // Whoever held the lock before may have done the work already.
            var tokens = await FindAsync(sessionId);
            return tokens.AccessToken != staleToken ? tokens.AccessToken : await RotateAsync(sessionId, tokens);
        }
        finally
        {
            await store.UnlockAsync(sessionId, holder);
        }
    }

    private async Task<string> RotateAsync(string sessionId, SessionTokens tokens)
    {
        try
        {
            // Not cancelled with the page that happened to ask: the answer holds the only valid refresh token.
            var fresh = await auth.RefreshAsync(tokens.RefreshToken, CancellationToken.None);
            if (!await store.ReplaceAsync(sessionId, new(fresh.Token, fresh.ExpiresAt, fresh.RefreshToken)))
                throw new SessionExpiredException();
            return fresh.Token;
        }
        catch (ApiException exception) when (exception.Status is HttpStatusCode.Unauthorized)
        {
            Log.Ended(logger, exception.Detail);
            await store.RemoveAsync(sessionId);
            throw new SessionExpiredException();
        }
        catch (ApiException exception) when (tokens.ExpiresAt > time.GetUtcNow())
        {
            // The API will say if it minds the old token; the next call tries again.
            Log.Postponed(logger, exception.Title);
            return tokens.AccessToken;
        }
    }

    private bool IsFresh(SessionTokens tokens) => tokens.ExpiresAt - time.GetUtcNow() > Margin;

    private async Task<SessionTokens> FindAsync(string sessionId) =>
        await store.FindAsync(sessionId) ?? throw new SessionExpiredException();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The API ended a session: {Reason}")]
        public static partial void Ended(ILogger logger, string? reason);

        [LoggerMessage(LogLevel.Warning, "A token was not refreshed and is used a little longer: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
