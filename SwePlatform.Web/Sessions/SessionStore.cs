using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

namespace SwePlatform.Web.Sessions;

/// <summary>Sessions in Redis, so that any replica serves any user and a restart signs nobody out.</summary>
internal sealed class SessionStore(IConnectionMultiplexer redis, IDataProtectionProvider protection)
{
    /// <summary>A session ends after this long without use; the cookie lives as long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    // Longer than a refresh may take, short enough that a replica that died does not block the session for long.
    private static readonly TimeSpan LockLifetime = TimeSpan.FromSeconds(40);

    private readonly IDataProtector _protector = protection.CreateProtector("web.sessions.v1");

    public Task CreateAsync(string sessionId, SessionTokens tokens) =>
        redis.GetDatabase().StringSetAsync(Key(sessionId), Protect(tokens), Lifetime);

    /// <summary>Replaces the tokens, unless the session was removed meanwhile: a sign-out stays a sign-out.</summary>
    public Task<bool> ReplaceAsync(string sessionId, SessionTokens tokens) =>
        redis.GetDatabase().StringSetAsync(Key(sessionId), Protect(tokens), Lifetime, When.Exists);

    /// <summary>Reads the tokens and starts the session's lifetime anew.</summary>
    public async Task<SessionTokens?> FindAsync(string sessionId)
    {
        byte[]? value = await redis.GetDatabase().StringGetSetExpiryAsync(Key(sessionId), Lifetime);
        if (value is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<SessionTokens>(_protector.Unprotect(value));
        }
        catch (CryptographicException)
        {
            return null; // The keys were lost or replaced: nobody can use this session any more.
        }
    }

    public Task<bool> ExistsAsync(string sessionId) => redis.GetDatabase().KeyExistsAsync(Key(sessionId));

    public Task RemoveAsync(string sessionId) => redis.GetDatabase().KeyDeleteAsync(Key(sessionId));

    public Task<bool> TryLockAsync(string sessionId, string holder) =>
        redis.GetDatabase().LockTakeAsync(LockKey(sessionId), holder, LockLifetime);

    public Task UnlockAsync(string sessionId, string holder) => redis.GetDatabase().LockReleaseAsync(LockKey(sessionId), holder);

    private byte[] Protect(SessionTokens tokens) => _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(tokens));

    private static RedisKey Key(string sessionId) => $"web:session:{sessionId}";

    private static RedisKey LockKey(string sessionId) => $"web:session:{sessionId}:lock";
}
