using System.Security.Claims;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Who sends this request.</summary>
internal sealed record CurrentUser(Guid Id, string Email, UserRole Role, Guid? SessionId)
{
    public const string EmailClaim = "email";
    public const string RoleClaim = "role";
    public const string SessionClaim = "sid";
    public const string ScopeClaim = "scope";

    public bool IsAdmin => Role == UserRole.Admin;

    public static CurrentUser From(ClaimsPrincipal principal) => new(
        Guid.Parse(principal.FindFirstValue(ClaimTypes.NameIdentifier)!),
        principal.FindFirstValue(EmailClaim)!,
        Enum.Parse<UserRole>(principal.FindFirstValue(RoleClaim)!),
        Guid.TryParse(principal.FindFirstValue(SessionClaim), out var session) ? session : null);

    public static ClaimsIdentity Identity(string scheme, Guid id, string email, UserRole role) => new(
        [new(ClaimTypes.NameIdentifier, id.ToString()), new(EmailClaim, email), new(RoleClaim, role.ToString())], scheme, EmailClaim, RoleClaim);
}

internal static class Policies
{
    public const string Admin = "admin";

    /// <summary>For what an API key must not do: manage credentials.</summary>
    public const string Interactive = "interactive";
}
