using Microsoft.Extensions.Options;
using SwePlatform.Api.Infrastructure.Caching;

namespace SwePlatform.Api.Features.Tools;

/// <summary>The list of tools, remembered until it changes.</summary>
internal sealed class ToolListCache(
    SharedCache cache,
    CacheInvalidation invalidation,
    ToolRegistry registry,
    IOptions<CacheOptions> options
)
{
    private const string Tag = "tools";

    private readonly CacheKind _kind = new("tools", TimeSpan.FromSeconds(options.Value.ToolSeconds));

    public async Task<CachedJsonResult<ToolListResponse>> GetAsync(Guid userId, HttpRequest request, CancellationToken cancellationToken) =>
        new(
            await cache.GetAsync(
                _kind,
                userId.ToString(),
                [Tag],
                request.WantsFresh(),
                async (_, token) => await ListAsync(userId, token),
                cancellationToken
            )
        );

    /// <summary>To be called once a change to anybody's tools is committed.</summary>
    public Task ForgetAsync() => invalidation.InvalidateAsync(Tag);

    private async Task<ToolListResponse> ListAsync(Guid userId, CancellationToken cancellationToken) =>
        new([.. (await registry.ListAsync(userId, cancellationToken)).Select(tool => tool.Describe())]);
}
