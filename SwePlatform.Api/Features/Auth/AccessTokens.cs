using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Issues access tokens (JWT, HMAC-SHA256). They name the session; the session decides whether they still count.</summary>
internal sealed class AccessTokens(IOptions<AuthOptions> options, TimeProvider time)
{
    private const string Issuer = "swe-platform";

    private readonly SigningCredentials _credentials = new(Key(options.Value), SecurityAlgorithms.HmacSha256);
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public (string Token, DateTimeOffset ExpiresAt) Issue(Session session)
    {
        var now = time.GetUtcNow();
        var expires = now + options.Value.AccessTokenLifetime;
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            Subject = new ClaimsIdentity([new(JwtRegisteredClaimNames.Sub, session.UserId.ToString()), new(CurrentUser.SessionClaim, session.Id.ToString())]),
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = _credentials,
        });
        return (token, expires);
    }

    public static void Configure(JwtBearerOptions bearer, AuthOptions options)
    {
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new()
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            IssuerSigningKey = Key(options),
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ClockSkew = TimeSpan.FromSeconds(5),
        };
        bearer.Events = new()
        {
            OnTokenValidated = static async context =>
            {
                var directory = context.HttpContext.RequestServices.GetRequiredService<SessionDirectory>();
                var identity = Guid.TryParse(context.Principal?.FindFirstValue(CurrentUser.SessionClaim), out var session)
                    ? await directory.FindAsync(session, context.HttpContext.RequestAborted) : null;
                if (identity is null)
                {
                    context.Fail("The session has ended.");
                    return;
                }
                context.Principal = new ClaimsPrincipal(identity);
            },
        };
    }

    // The setting may be any text; hashing gives the key its exact length.
    private static SymmetricSecurityKey Key(AuthOptions options) => new(SHA256.HashData(Encoding.UTF8.GetBytes(options.SigningKey)));
}
