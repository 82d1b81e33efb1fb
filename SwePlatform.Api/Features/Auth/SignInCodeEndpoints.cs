using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

/// <param name="Code">Signs its maker in once, at <c>/sign-in?code=…</c> of the web front end or by <c>POST /auth/login/code</c>.</param>
/// <param name="ExpiresAt">When it is of no use any more.</param>
public sealed record SignInCodeResponse(string Code, DateTimeOffset ExpiresAt);

/// <summary>One-time codes for a link that signs the administrator in: for the host's console, and for a browser elsewhere.</summary>
internal static class SignInCodeEndpoints
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public static void MapSignInCodes(this RouteGroupBuilder api) =>
        api.MapPost("/auth/sign-in-codes", CreateAsync)
            .WithTags("Auth")
            .RequireAuthorization(Policies.Admin, Policies.Interactive)
            .WithSummary("Make a code that signs the caller in once");

    private static async Task<Ok<SignInCodeResponse>> CreateAsync(
        CurrentUser caller,
        SweDbContext data,
        AuditTrail audit,
        TimeProvider time,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var code = RandomToken.Create();
        var expires = time.GetUtcNow() + Lifetime;
        data.SignInCodes.Add(
            new()
            {
                Hash = RandomToken.Hash(code),
                UserId = caller.Id,
                ExpiresAt = expires,
            }
        );
        await data.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync("auth.sign-in-code", caller.Id.ToString());
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SignInCodeResponse(code, expires));
    }
}
