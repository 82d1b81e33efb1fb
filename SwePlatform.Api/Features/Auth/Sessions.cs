using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Auth;

/// <summary>Starts, renews and ends sessions.</summary>
internal sealed class Sessions(
    SweDbContext data,
    AccessTokens tokens,
    SessionDirectory directory,
    IOptions<AuthOptions> options,
    TimeProvider time
)
{
    public async Task<LoginResponse> StartAsync(User user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new Session
        {
            UserId = user.Id,
            CreatedAt = now,
            ExpiresAt = now + options.Value.SessionLifetime,
        };
        data.Sessions.Add(session);
        var refresh = AddToken(session, now);
        await data.SaveChangesAsync(cancellationToken);
        return Respond(session, refresh, user);
    }

    /// <summary>
    /// Exchanges a refresh token for the next pair. A token that was used before is a sign of theft: whoever holds
    /// the family loses it, and has to sign in again.
    /// </summary>
    public async Task<LoginResponse> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = RandomToken.Hash(refreshToken);
        var found = await data
            .RefreshTokens.AsNoTracking()
            .Where(token => token.Hash == hash)
            .Join(data.Sessions, token => token.SessionId, session => session.Id, (token, session) => session)
            .Join(data.Users, session => session.UserId, user => user.Id, (session, user) => new { Session = session, User = user })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null || found.Session.RevokedAt is not null || found.Session.ExpiresAt <= now)
        {
            throw RequestException.Unauthorized("The refresh token is unknown, or its session has ended. Sign in again.");
        }

        return await data
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(async () =>
            {
                data.ChangeTracker.Clear();
                await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
                // One statement decides which of two simultaneous callers is the first.
                var first = await data
                    .RefreshTokens.Where(token => token.Hash == hash && token.UsedAt == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(token => token.UsedAt, now), cancellationToken);
                if (first == 0)
                {
                    await RevokeAsync(found.Session.Id, cancellationToken);
                    await transaction.CommitAsync(cancellationToken);
                    throw RequestException.Unauthorized("This refresh token was used before; its session is now revoked. Sign in again.");
                }
                var refresh = AddToken(found.Session, now);
                await data.SaveChangesAsync(cancellationToken);
                await data
                    .Sessions.Where(session => session.Id == found.Session.Id)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(session => session.ExpiresAt, now + options.Value.SessionLifetime),
                        cancellationToken
                    );
                await transaction.CommitAsync(cancellationToken);
                return Respond(found.Session, refresh, found.User);
            });
    }

    /// <summary>The session that a refresh token belongs to, used or not.</summary>
    public async Task<Session?> FindAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var hash = RandomToken.Hash(refreshToken);
        return await data
            .RefreshTokens.Where(token => token.Hash == hash)
            .Join(data.Sessions, token => token.SessionId, session => session.Id, (_, session) => session)
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);
    }

    public async Task RevokeAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await data
            .Sessions.Where(session => session.Id == sessionId && session.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, time.GetUtcNow()), cancellationToken);
        directory.Forget(sessionId);
    }

    /// <summary>Ends every session of a user but one, as after a change of password.</summary>
    public async Task RevokeOthersAsync(Guid userId, Guid? keep, CancellationToken cancellationToken) =>
        await data
            .Sessions.Where(session => session.UserId == userId && session.RevokedAt == null && session.Id != keep)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, time.GetUtcNow()), cancellationToken);

    private string AddToken(Session session, DateTimeOffset now)
    {
        var token = RandomToken.Create();
        data.RefreshTokens.Add(
            new()
            {
                Hash = RandomToken.Hash(token),
                SessionId = session.Id,
                CreatedAt = now,
            }
        );
        return token;
    }

    private LoginResponse Respond(Session session, string refreshToken, User user)
    {
        var (token, expires) = tokens.Issue(session);
        return new(token, expires, refreshToken, UserResponse.From(user));
    }
}
