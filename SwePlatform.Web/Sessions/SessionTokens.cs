namespace SwePlatform.Web.Sessions;

/// <summary>What a session holds on the server. The browser only ever has the session's id, in its cookie.</summary>
internal sealed record SessionTokens(string AccessToken, DateTimeOffset ExpiresAt, string RefreshToken)
{
    // A record prints its members: tokens must not reach a log that way.
    public override string ToString() => nameof(SessionTokens);
}

/// <summary>The session is gone: signed out, revoked or expired. Only a new sign-in helps.</summary>
internal sealed class SessionExpiredException() : Exception("The session has ended. Sign in again.");
