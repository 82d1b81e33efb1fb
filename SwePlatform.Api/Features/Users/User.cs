using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Users;

internal sealed class User
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Always in lower case, so that the unique index ignores case.</summary>
    public required string Email { get; init; }

    public required string DisplayName { get; set; }
    public required string PasswordHash { get; set; }
    public UserRole Role { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }

    public static string Normalize(string email) => email.Trim().ToLowerInvariant();
}

internal sealed class UserMapping : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users", SweDbContext.AuthSchema);
        builder.Property(user => user.Id).ValueGeneratedNever();
        builder.Property(user => user.Email).HasMaxLength(254);
        builder.Property(user => user.DisplayName).HasMaxLength(100);
        builder.Property(user => user.Role).HasEnumText();
        builder.HasIndex(user => user.Email).IsUnique().HasDatabaseName("idx_users_email");
    }
}
