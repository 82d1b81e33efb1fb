using System.Security.Claims;

namespace SwePlatform.Api.Infrastructure.Identity;

/// <summary>Who sends this request.</summary>
internal sealed record CurrentUser(Guid Id, string Email, UserRole Role, Guid? SessionId)
{
    public const string EmailClaim = "email";
    public const string RoleClaim = "role";
    public const string SessionClaim = "sid";

    public bool IsAdmin => Role == UserRole.Admin;

    public static CurrentUser From(ClaimsPrincipal principal) => ((UserIdentity)principal.Identity!).User;
}

internal static class Policies
{
    public const string Admin = "admin";

    /// <summary>For what an API key must not do: manage credentials.</summary>
    public const string Interactive = "interactive";
}
