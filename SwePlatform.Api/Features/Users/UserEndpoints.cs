using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Users;

internal static class UserEndpoints
{
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(UserJson.Default);
        builder.Services.AddSingleton<UserCache>();
    }

    public static void MapUsers(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/users").WithTags("Users");
        group.MapGet("/me", GetMeAsync).WithSummary("The signed-in user");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One user; members see themselves");
    }

    private static async Task<CachedJsonResult<UserResponse>> GetMeAsync(
        HttpContext http,
        UserCache users,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => new(await users.GetAsync(user.Id, http.Request.WantsFresh(), cancellationToken));

    private static async Task<Results<CachedJsonResult<UserResponse>, NotFound>> GetAsync(
        Guid id,
        HttpContext http,
        UserCache users,
        CurrentUser user,
        CancellationToken cancellationToken
    ) =>
        user.IsAdmin || id == user.Id
            ? new CachedJsonResult<UserResponse>(await users.GetAsync(id, http.Request.WantsFresh(), cancellationToken))
            : TypedResults.NotFound();
}
