using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Projects;

/// <summary>What a tool call needs to know of a project.</summary>
internal sealed record ProjectTarget(Guid OwnerId, bool Failed, string? StatusMessage, string? HeadCommit, string? HeadTree);

/// <summary>Projects, and pages of their list, remembered until a project changes.</summary>
internal sealed class ProjectCache(SharedCache cache, CacheInvalidation invalidation, IOptions<CacheOptions> options)
{
    private const string AllTag = "projects:all";

    private readonly CacheKind _pages = new("projects", TimeSpan.FromSeconds(options.Value.ProjectSeconds));
    private readonly CacheKind _targets = new("targets", TimeSpan.FromSeconds(options.Value.ProjectSeconds));

    private static string[] TagsOf(Guid ownerId) => [AllTag, $"projects:{ownerId}"];

    public async Task<CachedJsonResult<PagedList<ProjectResponse>>> GetPageAsync(
        Page page,
        CurrentUser user,
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        Guid? owner = user.IsAdmin ? null : user.Id;
        var tag = owner is null ? AllTag : $"projects:{owner}";
        // The list shows who owns a project.
        var userTag = owner is { } id ? UserCache.TagOf(id) : UserCache.AnyTag;
        return new(
            await cache.GetAsync(
                _pages,
                $"{tag}:{page.Skip}:{page.Limit}",
                [tag, userTag],
                request.WantsFresh(),
                (services, token) => services.GetRequiredService<ProjectPageQuery>().ReadAsync(page, owner, token),
                cancellationToken
            )
        );
    }

    /// <summary>The project that a call names.</summary>
    /// <exception cref="RequestException">404: there is none that the user may see.</exception>
    public async ValueTask<ProjectTarget> FindTargetAsync(Guid id, CurrentUser user, CancellationToken cancellationToken)
    {
        var found = (
            await cache.GetAsync(
                _targets,
                id.ToString(),
                [TagOf(id)],
                fresh: false,
                (services, token) => LoadTargetAsync(id, services, token),
                cancellationToken
            )
        ).As<ProjectTarget>();
        return user.IsAdmin || found.OwnerId == user.Id ? found : throw Missing(id);
    }

    /// <summary>To be called once a change to a project is committed.</summary>
    public Task ForgetAsync(Guid ownerId, Guid projectId) => invalidation.InvalidateAsync([TagOf(projectId), .. TagsOf(ownerId)]);

    private static string TagOf(Guid projectId) => $"project:{projectId}";

    private static async ValueTask<ProjectTarget> LoadTargetAsync(
        Guid id,
        IServiceProvider services,
        CancellationToken cancellationToken
    ) =>
        await services
            .GetRequiredService<SweDbContext>()
            .Projects.Where(project => project.Id == id)
            .Select(project => new ProjectTarget(
                project.UserId,
                project.Status == ProjectStatus.Failed,
                project.StatusMessage,
                project.HeadCommit,
                project.HeadTree
            ))
            .FirstOrDefaultAsync(cancellationToken)
        ?? throw Missing(id);

    private static RequestException Missing(Guid id) => RequestException.NotFound($"There is no project '{id}'.");
}
