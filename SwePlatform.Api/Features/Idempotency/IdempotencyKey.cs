using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Idempotency;

/// <summary>
/// What a caller's <c>Idempotency-Key</c> stands for. It is written together with the thing it made, so after a
/// crash there are either both or neither; the answer to a repeated request is made from that thing.
/// </summary>
internal sealed class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const int MaxLength = 255;

    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public required Guid UserId { get; init; }
    public required string Key { get; init; }

    /// <summary>SHA-256 of the request: the same key with another request is a mistake.</summary>
    public required byte[] RequestHash { get; init; }

    /// <summary>The project or execution that the request made.</summary>
    public required Guid ResourceId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The key that a request carries, or null.</summary>
    public static IdempotencyKey? From(HttpRequest http, object request, Guid userId, Guid resourceId, DateTimeOffset now)
    {
        var key = http.Headers[Header].ToString();
        if (key.Length == 0)
        {
            return null;
        }
        if (key.Length > MaxLength || key.Any(character => character is < ' ' or > '~'))
        {
            throw RequestException.Invalid(Header, $"A key has 1 to {MaxLength} printable ASCII characters.");
        }
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { path = http.Path.Value, request }, JsonSerializerOptions.Web));
        return new()
        {
            UserId = userId,
            Key = key,
            RequestHash = hash,
            ResourceId = resourceId,
            CreatedAt = now,
        };
    }

    /// <summary>What an earlier request with the same key made; null if this is the first.</summary>
    /// <exception cref="RequestException">422: the key was used for another request.</exception>
    public async Task<Guid?> FindEarlierAsync(SweDbContext data, CancellationToken cancellationToken)
    {
        var known = await data
            .IdempotencyKeys.AsNoTracking()
            .FirstOrDefaultAsync(other => other.UserId == UserId && other.Key == Key, cancellationToken);
        if (known is null)
        {
            return null;
        }
        if (known.CreatedAt < CreatedAt - Lifetime)
        {
            await data
                .IdempotencyKeys.Where(other => other.UserId == UserId && other.Key == Key && other.CreatedAt == known.CreatedAt)
                .ExecuteDeleteAsync(cancellationToken);
            return null;
        }
        return known.RequestHash.AsSpan().SequenceEqual(RequestHash)
            ? known.ResourceId
            : throw new RequestException(
                StatusCodes.Status422UnprocessableEntity,
                "This Idempotency-Key was used for another request within the last 24 hours. Use a new one."
            );
    }
}

internal sealed class IdempotencyKeyMapping : IEntityTypeConfiguration<IdempotencyKey>
{
    public const string PrimaryKey = "pk_idempotency_keys";

    /// <summary>Whether a save failed because the same key was saved at the same time.</summary>
    public static bool IsTaken(Exception exception) => UniqueViolation.IsCause(exception, PrimaryKey);

    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.ToTable("idempotency_keys");
        builder.HasKey(key => new { key.UserId, key.Key }).HasName(PrimaryKey);
        builder.HasOne<User>().WithMany().HasForeignKey(key => key.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(key => key.CreatedAt).HasDatabaseName("idx_idempotency_keys_created_at");
    }
}
