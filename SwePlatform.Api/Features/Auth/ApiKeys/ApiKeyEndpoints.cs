using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Http;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Auth.ApiKeys;

/// <param name="Name">What the key is for.</param>
/// <param name="ExpiresAt">When it ends; never if absent.</param>
/// <param name="Scopes">Any of <c>read</c>, <c>execute</c>, <c>write</c>; all if absent.</param>
public sealed record CreateApiKeyRequest(
    [Required, StringLength(100, MinimumLength = 1)] string Name,
    DateTimeOffset? ExpiresAt = null,
    IReadOnlyList<string>? Scopes = null
);

public sealed record ApiKeyResponse(
    Guid Id,
    string Name,
    string Start,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt
);

/// <param name="Key">The key itself; it is shown this once.</param>
public sealed record CreatedApiKeyResponse(
    Guid Id,
    string Name,
    string Start,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    string Key
);

internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/api-keys").WithTags("API keys").RequireAuthorization(Policies.Interactive);
        group.MapPost("", CreateAsync).WithSummary("Create an API key; the answer shows it once");
        group.MapGet("", ListAsync).WithSummary("One's API keys, newest first");
        group.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Revoke an API key");
        // Making keys takes a session; whoever holds a key can always put an end to it.
        api.MapDelete("/api-keys/current", RevokeAsync)
            .WithTags("API keys")
            .WithMetadata(new RevokesItself())
            .WithSummary("Revoke the API key that this request is made with");
    }

    private static async Task<Created<CreatedApiKeyResponse>> CreateAsync(
        CreateApiKeyRequest request,
        SweDbContext data,
        CurrentUser user,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (request.ExpiresAt <= now)
        {
            throw RequestException.Invalid("expiresAt", "This time has passed.");
        }
        var scopes = request.Scopes?.Distinct().ToArray() ?? ApiKeyScopes.All;
        if (scopes.Length == 0 || scopes.Except(ApiKeyScopes.All).Any())
        {
            throw RequestException.Invalid("scopes", $"Scopes are: {string.Join(", ", ApiKeyScopes.All)}.");
        }
        var secret = ApiKey.Prefix + RandomToken.Create();
        var key = new ApiKey
        {
            UserId = user.Id,
            Name = request.Name,
            Start = secret[..(ApiKey.Prefix.Length + 6)],
            Hash = RandomToken.Hash(secret),
            Scopes = scopes,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        };
        data.ApiKeys.Add(key);
        await data.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync("api_key.create", key.Id.ToString(), details: new { key.Name, key.Scopes }, actor: user);
        return TypedResults.Created(
            $"/api/v1/api-keys/{key.Id}",
            new CreatedApiKeyResponse(key.Id, key.Name, key.Start, key.Scopes, key.CreatedAt, key.ExpiresAt, secret)
        );
    }

    private static async Task<Ok<PagedList<ApiKeyResponse>>> ListAsync(
        [AsParameters] Page page,
        SweDbContext data,
        CurrentUser user,
        CancellationToken cancellationToken
    )
    {
        var keys = data.ApiKeys.AsNoTracking().Where(key => key.UserId == user.Id);
        var total = await keys.LongCountAsync(cancellationToken);
        var items = await keys.OrderByDescending(key => key.Id)
            .Skip(page.Skip)
            .Take(page.Limit)
            .Select(key => new ApiKeyResponse(key.Id, key.Name, key.Start, key.Scopes, key.CreatedAt, key.ExpiresAt, key.LastUsedAt))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new PagedList<ApiKeyResponse>(items, page.Skip, page.Limit, total));
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id,
        SweDbContext data,
        ApiKeyDirectory directory,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var key = await data.ApiKeys.FirstOrDefaultAsync(candidate => candidate.Id == id && candidate.UserId == user.Id, cancellationToken);
        if (key is null)
        {
            return TypedResults.NotFound();
        }
        await RemoveAsync(key, data, directory, user, audit, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RevokeAsync(
        HttpContext http,
        SweDbContext data,
        ApiKeyDirectory directory,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (http.User.Identity is not UserIdentity { KeyId: { } id })
        {
            throw RequestException.Invalid("key", "Send this request with the API key that is to be revoked.");
        }
        // Another replica, which remembers the key for a moment, may have been first.
        if (await data.ApiKeys.FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken) is { } key)
        {
            await RemoveAsync(key, data, directory, user, audit, cancellationToken);
        }
        return TypedResults.NoContent();
    }

    private static async Task RemoveAsync(
        ApiKey key,
        SweDbContext data,
        ApiKeyDirectory directory,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        data.ApiKeys.Remove(key);
        await data.SaveChangesAsync(cancellationToken);
        directory.Forget(key.Hash);
        await audit.RecordAsync("api_key.delete", key.Id.ToString(), details: new { key.Name }, actor: user);
    }
}
