using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Auth.ApiKeys;

/// <summary>A key for agents and scripts. Only the SHA-256 of the random key is stored.</summary>
internal sealed class ApiKey
{
    /// <summary>How every key begins, so that scanners for leaked secrets can find one.</summary>
    public const string Prefix = "swe_";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }
    public required string Name { get; init; }

    /// <summary>The first characters of the key, to tell keys apart.</summary>
    public required string Start { get; init; }

    public required byte[] Hash { get; init; }
    public required string[] Scopes { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
}

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys", SweDbContext.AuthSchema);
        builder.Property(key => key.Id).ValueGeneratedNever();
        builder.Property(key => key.Name).HasMaxLength(100);
        builder.Property(key => key.Start).HasMaxLength(16);
        builder.HasOne<User>().WithMany().HasForeignKey(key => key.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(key => key.Hash).IsUnique().HasDatabaseName("idx_api_keys_hash");
        builder.HasIndex(key => key.UserId).HasDatabaseName("idx_api_keys_user_id");
    }
}
