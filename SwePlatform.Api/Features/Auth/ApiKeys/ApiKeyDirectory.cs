using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth.ApiKeys;

/// <summary>Whose key it is, remembered as briefly as sessions are.</summary>
internal sealed class ApiKeyDirectory(IMemoryCache cache, IDbContextFactory<SweDbContext> contexts, TimeProvider time)
{
    // Often enough to see which keys are in use, seldom enough to cost nothing.
    private static readonly TimeSpan LastUsePrecision = TimeSpan.FromMinutes(1);

    public async ValueTask<UserIdentity?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(ApiKey.Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var hash = RandomToken.Hash(key);
        var cacheKey = CacheKey(hash);
        if (cache.TryGetValue(cacheKey, out UserIdentity? known))
        {
            return known;
        }
        var identity = await LoadAsync(hash, cancellationToken);
        return identity is null ? null : cache.Set(cacheKey, identity, SessionDirectory.Entry);
    }

    public void Forget(byte[] hash) => cache.Remove(CacheKey(hash));

    private static (string, string) CacheKey(byte[] hash) => (nameof(ApiKeyDirectory), Convert.ToHexString(hash));

    private async Task<UserIdentity?> LoadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await data
            .ApiKeys.Where(key => key.Hash == hash && (key.ExpiresAt == null || key.ExpiresAt > now))
            .Join(
                data.Users,
                key => key.UserId,
                user => user.Id,
                (key, user) =>
                    new
                    {
                        key.Id,
                        key.Scopes,
                        key.LastUsedAt,
                        UserId = user.Id,
                        user.Email,
                        user.Role,
                    }
            )
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return null;
        }
        if (found.LastUsedAt is null || found.LastUsedAt < now - LastUsePrecision)
        {
            await data
                .ApiKeys.Where(key => key.Id == found.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(key => key.LastUsedAt, now), cancellationToken);
        }
        return new(new(found.UserId, found.Email, found.Role, null), found.Scopes, found.Id);
    }
}
