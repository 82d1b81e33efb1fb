using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Projects;

public enum ProjectStatus
{
    Cloning,
    Ready,
    Failed,
}

/// <summary>A Git repository that tools run on.</summary>
internal sealed class Project
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }
    public User Owner { get; init; } = null!;
    public required string Name { get; set; }
    public required string RepositoryUrl { get; init; }

    /// <summary>The branch that tools read when no ref is named; null until the first clone finds it out.</summary>
    public string? DefaultBranch { get; set; }

    public ProjectStatus Status { get; set; } = ProjectStatus.Cloning;

    /// <summary>Why the last clone or sync failed.</summary>
    public string? StatusMessage { get; set; }

    /// <summary>Whether programs that run in the project's workspaces reach the network.</summary>
    public bool AllowNetwork { get; set; }

    public string? HeadCommit { get; set; }
    public string? HeadTree { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? SyncedAt { get; set; }

    /// <summary>A clone or sync is asked for; it is durable and outlives the process that took the request.</summary>
    public DateTimeOffset? SyncRequestedAt { get; set; }

    /// <summary>Until when the replica that works on it is believed to be alive.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }
}

internal sealed class ProjectMapping : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> builder)
    {
        builder.ToTable("projects");
        builder.Property(project => project.Id).ValueGeneratedNever();
        builder.Property(project => project.Name).HasMaxLength(100);
        builder.Property(project => project.RepositoryUrl).HasMaxLength(2048);
        builder.Property(project => project.DefaultBranch).HasMaxLength(255);
        builder.Property(project => project.Status).HasEnumText();
        builder.HasOne(project => project.Owner).WithMany().HasForeignKey(project => project.UserId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(project => project.UserId).HasDatabaseName("idx_projects_user_id");
        builder.HasIndex(project => new { project.UserId, project.Name }).IsUnique().HasDatabaseName("idx_projects_user_id_name");
        builder
            .HasIndex(project => project.SyncRequestedAt)
            .HasFilter("sync_requested_at IS NOT NULL")
            .HasDatabaseName("idx_projects_sync_requested_at");
    }
}
