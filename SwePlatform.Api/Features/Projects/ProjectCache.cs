using Microsoft.Extensions.Options;
using SwePlatform.Api.Features.Auth;
using SwePlatform.Api.Infrastructure;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Features.Projects;

/// <summary>Pages of the project list, remembered until a project on them changes.</summary>
internal sealed class ProjectCache(SharedCache cache, CacheInvalidation invalidation, IOptions<CacheOptions> options)
{
    private const string AllTag = "projects:all";

    private readonly CacheKind _kind = new("projects", TimeSpan.FromSeconds(options.Value.ProjectSeconds));

    /// <summary>What ends when a user's projects change, or the user does.</summary>
    public static string[] TagsOf(Guid ownerId) => [AllTag, $"projects:{ownerId}"];

    public async Task<CachedJsonResult<PagedList<ProjectResponse>>> GetPageAsync(Page page, CurrentUser user, HttpRequest request, CancellationToken cancellationToken)
    {
        Guid? owner = user.IsAdmin ? null : user.Id;
        var tag = owner is null ? AllTag : $"projects:{owner}";
        return new(await cache.GetAsync(_kind, $"{tag}:{page.Skip}:{page.Limit}", [tag], request.WantsFresh(),
            (services, token) => services.GetRequiredService<ProjectPageQuery>().ReadAsync(page, owner, token), cancellationToken));
    }

    /// <summary>To be called once a change to one of a user's projects is committed.</summary>
    public Task ForgetAsync(Guid ownerId) => invalidation.InvalidateAsync(TagsOf(ownerId));
}
