using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace SwePlatform.Web.Sessions;

/// <summary>A cookie counts only while its session exists, so that a sign-out holds everywhere at once.</summary>
internal sealed class SessionCookieEvents(SessionStore store) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // Static files and the sign-in page must not cost a round trip, nor fail with Redis.
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return;

        var sessionId = context.Principal?.FindFirst(SessionPrincipal.SessionId)?.Value;
        if (sessionId is null || !await store.ExistsAsync(sessionId))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
        }
    }

    // As paths: the host of an address is whatever the request says that it is, and a cache may keep the answer.
    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) => Redirect(context);

    public override Task RedirectToLogout(RedirectContext<CookieAuthenticationOptions> context) => Redirect(context);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) => Redirect(context);

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Redirect(
            Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var address)
            && address.Scheme.StartsWith("http", StringComparison.Ordinal)
                ? address.PathAndQuery
                : context.RedirectUri
        );
        return Task.CompletedTask;
    }
}
