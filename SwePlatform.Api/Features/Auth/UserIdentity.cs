using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace SwePlatform.Api.Features.Auth;

/// <summary>An authenticated user, made once for all requests of a session or API key while it is remembered.</summary>
internal sealed class UserIdentity : ClaimsIdentity
{
    /// <param name="scopes">What an API key is limited to; null for a session.</param>
    public UserIdentity(CurrentUser user, IReadOnlyList<string>? scopes)
        : base(
            [
                new(ClaimTypes.NameIdentifier, user.Id.ToString()),
                new(CurrentUser.EmailClaim, user.Email),
                new(CurrentUser.RoleClaim, user.Role.ToString()),
                .. user.SessionId is { } session ? [new Claim(CurrentUser.SessionClaim, session.ToString())] : Array.Empty<Claim>(),
            ],
            CredentialAuthentication.SchemeName, CurrentUser.EmailClaim, CurrentUser.RoleClaim)
    {
        User = user;
        Scopes = scopes;
        Authenticated = AuthenticateResult.Success(new(new ClaimsPrincipal(this), CredentialAuthentication.SchemeName));
    }

    public CurrentUser User { get; }

    public IReadOnlyList<string>? Scopes { get; }

    public AuthenticateResult Authenticated { get; }
}
