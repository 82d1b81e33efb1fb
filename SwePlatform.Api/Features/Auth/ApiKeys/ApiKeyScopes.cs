using System.Security.Claims;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth.ApiKeys;

/// <summary>
/// Holds API keys to their scopes: <c>read</c> for what changes nothing, <c>execute</c> for running tools
/// and for making and removing the workspaces they work in, <c>write</c> for every other change. Sessions are not limited by scopes.
/// </summary>
internal sealed class ApiKeyScopes(RequestDelegate next)
{
    public const string Read = "read";
    public const string Execute = "execute";
    public const string Write = "write";

    public static readonly string[] All = [Read, Execute, Write];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RevokesItself>() is null)
        {
            Require(context.User, Needed(context));
        }
        return next(context);
    }

    /// <summary>For what asks for more than its endpoint does.</summary>
    /// <exception cref="RequestException">403: the user signs in with an API key that lacks the scope.</exception>
    public static void Require(ClaimsPrincipal user, string scope)
    {
        if (user.Identity is UserIdentity { Scopes: { } scopes } && !scopes.Contains(scope))
        {
            throw new RequestException(StatusCodes.Status403Forbidden, $"This API key lacks the scope '{scope}'.");
        }
    }

    private static string Needed(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? Read
        : context.GetEndpoint()?.Metadata.GetMetadata<RunsTools>() is not null ? Execute
        : Write;
}
