using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Features.ApiKeys;

internal sealed class ApiKeyOptions : AuthenticationSchemeOptions;

/// <summary>Authenticates by <c>X-API-Key</c>, or by an API key sent as bearer token.</summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<ApiKeyOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyDirectory directory)
    : AuthenticationHandler<ApiKeyOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Header = "X-API-Key";
    private const string Bearer = "Bearer ";

    public static string? FindKey(HttpRequest request)
    {
        if (request.Headers.TryGetValue(Header, out var key))
        {
            return key.ToString();
        }
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer + ApiKey.Prefix, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..] : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (FindKey(Request) is not { } key)
        {
            return AuthenticateResult.NoResult();
        }
        return await directory.FindAsync(key, Context.RequestAborted) is { } identity
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName))
            : AuthenticateResult.Fail("The API key is unknown or has expired.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
