using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Features.Users;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Imports;

/// <summary>An API whose operations are tools.</summary>
internal sealed class ToolImport
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }

    /// <summary>The name of its tools before the dot.</summary>
    public required string Name { get; init; }

    public string? Title { get; set; }
    public required string OpenApiVersion { get; set; }

    /// <summary>Where the document came from; null if it was posted.</summary>
    public string? SpecUrl { get; init; }

    /// <summary>Where all its tools call.</summary>
    public required string BaseUrl { get; set; }

    /// <summary>Whether the user gave that address; then the document's others do not count.</summary>
    public required bool IsBaseUrlGiven { get; set; }

    /// <summary>Encrypted; see <see cref="CredentialVault"/>.</summary>
    public byte[]? Credential { get; set; }

    /// <summary>Whether every user has its tools.</summary>
    public bool Shared { get; set; }

    /// <summary>Counts its changes: what was made of an older one is stale.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Its operations, ready to use; see <see cref="OperationPack"/>.</summary>
    public required byte[] Operations { get; set; }

    public int ToolCount { get; set; }
    public int SkippedCount { get; set; }

    /// <summary>The first of the operations that became no tools, as JSON.</summary>
    public required string Skipped { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class ToolImportMapping : IEntityTypeConfiguration<ToolImport>
{
    public void Configure(EntityTypeBuilder<ToolImport> builder)
    {
        builder.ToTable("tool_imports");
        builder.Property(import => import.Id).ValueGeneratedNever();
        builder.Property(import => import.Name).HasMaxLength(ImportName.MaxLength);
        builder.Property(import => import.Title).HasMaxLength(200);
        builder.Property(import => import.OpenApiVersion).HasMaxLength(20);
        builder.Property(import => import.SpecUrl).HasMaxLength(2000);
        builder.Property(import => import.BaseUrl).HasMaxLength(2000);
        builder.Property(import => import.Skipped).HasColumnType("json");
        builder.Property(import => import.Version).IsConcurrencyToken();
        builder.HasOne<User>().WithMany().HasForeignKey(import => import.UserId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(import => new { import.UserId, import.Name }).IsUnique().HasDatabaseName("idx_tool_imports_user_id_name");
        builder.HasIndex(import => import.Name).IsUnique().HasFilter("shared").HasDatabaseName("idx_tool_imports_shared_name");
    }
}

internal static class ToolImportQueries
{
    /// <summary>Those that a user may change: their own, or all for an administrator.</summary>
    public static IQueryable<ToolImport> ManagedBy(this IQueryable<ToolImport> imports, CurrentUser user) =>
        user.IsAdmin ? imports : imports.Where(import => import.UserId == user.Id);

    /// <summary>Those whose tools a user has.</summary>
    public static IQueryable<ToolImport> UsableBy(this IQueryable<ToolImport> imports, Guid userId) =>
        imports.Where(import => import.UserId == userId || import.Shared);
}
