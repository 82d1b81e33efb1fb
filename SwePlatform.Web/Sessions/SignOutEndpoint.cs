using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SwePlatform.Web.Sessions;

internal static class SignOutEndpoint
{
    // Open to all: somebody whose session has ended already wants the same outcome, not a detour.
    public static void MapSignOut(this IEndpointRouteBuilder routes) => routes.MapPost("/sign-out", SignOutAsync).AllowAnonymous();

    private static async Task<Results<RedirectHttpResult, BadRequest>> SignOutAsync(
        HttpContext context,
        IAntiforgery antiforgery,
        UserSessions sessions
    )
    {
        if (context.User.Identity?.IsAuthenticated == true && !await antiforgery.IsRequestValidAsync(context))
            return TypedResults.BadRequest();

        await sessions.SignOutAsync(context);
        return TypedResults.LocalRedirect("/sign-in");
    }
}
