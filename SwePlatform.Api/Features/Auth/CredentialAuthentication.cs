using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Auth.ApiKeys;

namespace SwePlatform.Api.Features.Auth;

internal sealed class CredentialOptions : AuthenticationSchemeOptions;

/// <summary>Authenticates by an access token or an API key as bearer token, or by an API key as <c>X-API-Key</c>.</summary>
internal sealed class CredentialAuthentication(
    IOptionsMonitor<CredentialOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessTokens tokens,
    SessionDirectory sessions,
    ApiKeyDirectory keys,
    RefusalLog refusals
) : AuthenticationHandler<CredentialOptions>(options, logger, encoder)
{
    private const string ApiKeyHeader = "X-API-Key";
    private const string Bearer = "Bearer ";

    private static readonly AuthenticateResult UnknownKey = AuthenticateResult.Fail("The API key is unknown or has expired.");
    private static readonly AuthenticateResult InvalidToken = AuthenticateResult.Fail("The access token is invalid or has expired.");
    private static readonly AuthenticateResult EndedSession = AuthenticateResult.Fail("The session has ended.");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.TryGetValue(ApiKeyHeader, out var key))
        {
            return await FindKeyAsync(key.ToString());
        }
        var authorization = Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }
        var credential = authorization[Bearer.Length..];
        if (credential.StartsWith(ApiKey.Prefix, StringComparison.Ordinal))
        {
            return await FindKeyAsync(credential);
        }
        if (await tokens.VerifyAsync(credential) is not { } session)
        {
            return InvalidToken;
        }
        return await sessions.FindAsync(session, Context.RequestAborted) is { } identity ? identity.Authenticated : EndedSession;
    }

    private async Task<AuthenticateResult> FindKeyAsync(string key) =>
        await keys.FindAsync(key, Context.RequestAborted) is { } identity ? identity.Authenticated : UnknownKey;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        if (result.Failure is { Message: var reason })
        {
            refusals.Refused(Context.Connection.RemoteIpAddress?.ToString(), Request.Path, reason);
        }
        Response.Headers.WWWAuthenticate = result.Failure is null
            ? "Bearer"
            : $"Bearer error=\"invalid_token\", error_description=\"{result.Failure.Message}\"";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
    }
}
