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

    private static Task<CachedJsonResult<UserResponse>> GetMeAsync(
        HttpContext http,
        UserCache users,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => users.GetAsync(user.Id, http.Request, cancellationToken);

    private static async Task<Results<CachedJsonResult<UserResponse>, NotFound>> GetAsync(
        Guid id,
        HttpContext http,
        UserCache users,
        CurrentUser user,
        CancellationToken cancellationToken
    ) => user.IsAdmin || id == user.Id ? await users.GetAsync(id, http.Request, cancellationToken) : TypedResults.NotFound();
}
