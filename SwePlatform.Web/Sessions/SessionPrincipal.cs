using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Sessions;

/// <summary>The user as the cookie describes them.</summary>
internal static class SessionPrincipal
{
    public const string SessionId = "sid";

    public static string NewSessionId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static ClaimsPrincipal Create(UserDto user, string sessionId) =>
        new(
            new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, user.Id.ToString()),
                    new(ClaimTypes.Name, string.IsNullOrWhiteSpace(user.DisplayName) ? user.Email : user.DisplayName),
                    new(ClaimTypes.Email, user.Email),
                    new(ClaimTypes.Role, user.Role),
                    new(SessionId, sessionId),
                ],
                CookieAuthenticationDefaults.AuthenticationScheme
            )
        );
}
