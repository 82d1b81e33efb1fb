using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace SwePlatform.Api.Infrastructure.Identity;

/// <summary>An authenticated user, made once for all requests of a session or API key while it is remembered.</summary>
internal sealed class UserIdentity : ClaimsIdentity
{
    /// <summary>The one scheme by which callers sign in: an access token or an API key.</summary>
    public const string SchemeName = "credential";

    /// <param name="scopes">What an API key is limited to; null for a session.</param>
    /// <param name="keyId">Which API key it is; null for a session.</param>
    public UserIdentity(CurrentUser user, IReadOnlyList<string>? scopes, Guid? keyId)
        : base(
            [
                new(ClaimTypes.NameIdentifier, user.Id.ToString()),
                new(CurrentUser.EmailClaim, user.Email),
                new(CurrentUser.RoleClaim, user.Role.ToString()),
                .. user.SessionId is { } session ? [new Claim(CurrentUser.SessionClaim, session.ToString())] : Array.Empty<Claim>(),
            ],
            SchemeName,
            CurrentUser.EmailClaim,
            CurrentUser.RoleClaim
        )
    {
        User = user;
        Scopes = scopes;
        KeyId = keyId;
        RateLimitUser = $"user:{user.Id}";
        RateLimitKey = keyId is null ? null : $"key:{keyId}";
        Authenticated = AuthenticateResult.Success(new(new ClaimsPrincipal(this), SchemeName));
    }

    public CurrentUser User { get; }

    public IReadOnlyList<string>? Scopes { get; }

    /// <summary>Which API key it is; null for a session.</summary>
    public Guid? KeyId { get; }

    /// <summary>Under which name the user's requests are counted.</summary>
    public string RateLimitUser { get; }

    /// <summary>Under which name the API key's requests are counted; null for a session.</summary>
    public string? RateLimitKey { get; }

    public AuthenticateResult Authenticated { get; }
}
