using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Auth;

/// <summary>
/// Whose session it is, remembered for a few seconds: a warm request costs no query, and a revoked session or a
/// changed role takes effect on every replica within <see cref="Memory"/>.
/// </summary>
internal sealed class SessionDirectory(IMemoryCache cache, IServiceScopeFactory scopes, TimeProvider time)
{
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    public async ValueTask<ClaimsIdentity?> FindAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue((nameof(SessionDirectory), sessionId), out ClaimsIdentity? known))
        {
            return known;
        }
        var identity = await LoadAsync(sessionId, cancellationToken);
        // Nothing is cached under ids that do not exist: a stranger could fill the memory with them.
        return identity is null ? null : cache.Set((nameof(SessionDirectory), sessionId), identity, Memory);
    }

    public void Forget(Guid sessionId) => cache.Remove((nameof(SessionDirectory), sessionId));

    private async Task<ClaimsIdentity?> LoadAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<SweDbContext>();
        var user = await data.Sessions
            .Where(session => session.Id == sessionId && session.RevokedAt == null && session.ExpiresAt > now)
            .Join(data.Users, session => session.UserId, user => user.Id, (_, user) => new { user.Id, user.Email, user.Role })
            .FirstOrDefaultAsync(cancellationToken);
        if (user is null)
        {
            return null;
        }
        var identity = CurrentUser.Identity(JwtBearerDefaults.AuthenticationScheme, user.Id, user.Email, user.Role);
        identity.AddClaim(new(CurrentUser.SessionClaim, sessionId.ToString()));
        return identity;
    }
}
