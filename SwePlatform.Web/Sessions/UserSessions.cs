using Microsoft.AspNetCore.Authentication;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Sessions;

/// <summary>Opens and closes sessions.</summary>
internal sealed partial class UserSessions(SessionStore store, AuthClient auth, ILogger<UserSessions> logger)
{
    public async Task SignInAsync(HttpContext context, SignInResultDto result)
    {
        // A session that the browser still has would otherwise stay usable until it expires.
        await CloseAsync(context);

        var sessionId = SessionPrincipal.NewSessionId();
        await store.CreateAsync(sessionId, new(result.Token, result.ExpiresAt, result.RefreshToken));
        await context.SignInAsync(SessionPrincipal.Create(result.User, sessionId), new AuthenticationProperties { IsPersistent = true });
    }

    public async Task SignOutAsync(HttpContext context)
    {
        await CloseAsync(context);
        await context.SignOutAsync();
    }

    private async Task CloseAsync(HttpContext context)
    {
        if (context.User.FindFirst(SessionPrincipal.SessionId)?.Value is not { } sessionId)
            return;

        var tokens = await store.FindAsync(sessionId);
        await store.RemoveAsync(sessionId);
        if (tokens is null)
            return;
        try
        {
            await auth.SignOutAsync(tokens.RefreshToken, context.RequestAborted);
        }
        catch (ApiException exception)
        {
            // Here the user is signed out either way; the API's tokens expire by themselves.
            Log.NotRevoked(logger, exception.Title);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The API was not told of a sign-out: {Reason}")]
        public static partial void NotRevoked(ILogger logger, string reason);
    }
}
