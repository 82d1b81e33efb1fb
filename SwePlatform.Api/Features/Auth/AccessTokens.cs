using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Issues access tokens (JWT, HMAC-SHA256). They name the session; the session decides whether they still count.</summary>
internal sealed class AccessTokens(IOptions<AuthOptions> options, IMemoryCache cache, TimeProvider time)
{
    private const string Issuer = "swe-platform";
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private readonly SigningCredentials _credentials = new(Key(options.Value), SecurityAlgorithms.HmacSha256);
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly TokenValidationParameters _validation = new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Issuer,
        IssuerSigningKey = Key(options.Value),
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ClockSkew = ClockSkew,
    };

    public (string Token, DateTimeOffset ExpiresAt) Issue(Session session)
    {
        var now = time.GetUtcNow();
        var expires = now + options.Value.AccessTokenLifetime;
        var token = _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = Issuer,
                Subject = new ClaimsIdentity([
                    new(JwtRegisteredClaimNames.Sub, session.UserId.ToString()),
                    new(CurrentUser.SessionClaim, session.Id.ToString()),
                ]),
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = expires.UtcDateTime,
                SigningCredentials = _credentials,
            }
        );
        return (token, expires);
    }

    /// <summary>The session that a token names; null if the token is not ours, was altered, or has expired.</summary>
    public async ValueTask<Guid?> VerifyAsync(string token)
    {
        // That a signature is right stays true, so it is checked once.
        if (cache.TryGetValue((nameof(AccessTokens), token), out VerifiedToken? known))
        {
            return known!.ExpiresAt + ClockSkew > time.GetUtcNow() ? known.SessionId : null;
        }
        var result = await _handler.ValidateTokenAsync(token, _validation);
        if (!result.IsValid || !Guid.TryParse(result.ClaimsIdentity.FindFirst(CurrentUser.SessionClaim)?.Value, out var session))
        {
            return null;
        }
        var expires = new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero);
        cache.Set(
            (nameof(AccessTokens), token),
            new VerifiedToken(session, expires),
            new MemoryCacheEntryOptions { Size = 256 + 2 * token.Length, AbsoluteExpiration = expires }
        );
        return session;
    }

    private sealed record VerifiedToken(Guid SessionId, DateTimeOffset ExpiresAt);

    // The setting may be any text; hashing gives the key its exact length.
    private static SymmetricSecurityKey Key(AuthOptions options) => new(SHA256.HashData(Encoding.UTF8.GetBytes(options.SigningKey)));
}
