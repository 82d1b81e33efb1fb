using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Users;

/// <summary>Users as the API shows them, remembered until they change.</summary>
internal sealed class UserCache(SharedCache cache, CacheInvalidation invalidation, IOptions<CacheOptions> options)
{
    /// <summary>What ends when any user changes.</summary>
    public const string AnyTag = "users:any";

    private readonly CacheKind _kind = new("users", TimeSpan.FromSeconds(options.Value.UserSeconds));

    /// <exception cref="RequestException">404: there is no such user.</exception>
    public async Task<CachedJsonResult<UserResponse>> GetAsync(Guid id, HttpRequest request, CancellationToken cancellationToken) =>
        new(
            await cache.GetAsync(
                _kind,
                id.ToString(),
                [TagOf(id)],
                request.WantsFresh(),
                (services, token) => LoadAsync(id, services, token),
                cancellationToken
            )
        );

    /// <summary>To be called once a change to a user is committed.</summary>
    public Task ForgetAsync(Guid id) => invalidation.InvalidateAsync(TagOf(id), AnyTag);

    /// <summary>What ends when a user changes.</summary>
    public static string TagOf(Guid id) => $"user:{id}";

    private static async ValueTask<UserResponse> LoadAsync(Guid id, IServiceProvider services, CancellationToken cancellationToken) =>
        await services
            .GetRequiredService<SweDbContext>()
            .Users.Where(user => user.Id == id)
            .Select(UserResponse.FromUser)
            .FirstOrDefaultAsync(cancellationToken)
        ?? throw RequestException.NotFound($"There is no user '{id}'.");
}
