using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth;

/// <summary>
/// Whose session it is, remembered for a few seconds: a warm request costs no query, and a revoked session or a
/// changed role takes effect on every replica within <see cref="Memory"/>.
/// </summary>
internal sealed class SessionDirectory(IMemoryCache cache, IDbContextFactory<SweDbContext> contexts, TimeProvider time)
{
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    /// <summary>How an identity is remembered: its size is an estimate.</summary>
    public static MemoryCacheEntryOptions Entry => new() { Size = 1024, AbsoluteExpirationRelativeToNow = Memory };

    public async ValueTask<UserIdentity?> FindAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue((nameof(SessionDirectory), sessionId), out UserIdentity? known))
        {
            return known;
        }
        var identity = await LoadAsync(sessionId, cancellationToken);
        // Nothing is cached under ids that do not exist: an attacker could fill the memory with them.
        return identity is null ? null : cache.Set((nameof(SessionDirectory), sessionId), identity, Entry);
    }

    public void Forget(Guid sessionId) => cache.Remove((nameof(SessionDirectory), sessionId));

    private async Task<UserIdentity?> LoadAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var data = await contexts.CreateDbContextAsync(cancellationToken);
        var user = await data
            .Sessions.Where(session => session.Id == sessionId && session.RevokedAt == null && session.ExpiresAt > now)
            .Join(
                data.Users,
                session => session.UserId,
                user => user.Id,
                (_, user) =>
                    new
                    {
                        user.Id,
                        user.Email,
                        user.Role,
                    }
            )
            .FirstOrDefaultAsync(cancellationToken);
        if (user is null)
        {
            return null;
        }
        return new(new(user.Id, user.Email, user.Role, sessionId), null, null);
    }
}
