using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Workspaces;

/// <summary>A branch of a project with a working copy, where tools may write. Its files are on a replica's disk.</summary>
internal sealed class WorkspaceRecord
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid ProjectId { get; init; }
    public Project Project { get; init; } = null!;
    public required Guid UserId { get; init; }
    public required string Name { get; init; }
    public required string Branch { get; init; }

    /// <summary>The commit that it started from.</summary>
    public required string FromCommit { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; set; }
}

internal sealed class WorkspaceMapping : IEntityTypeConfiguration<WorkspaceRecord>
{
    public void Configure(EntityTypeBuilder<WorkspaceRecord> builder)
    {
        builder.ToTable("workspaces");
        builder.Property(workspace => workspace.Id).ValueGeneratedNever();
        builder.Property(workspace => workspace.Name).HasMaxLength(100);
        builder.Property(workspace => workspace.Branch).HasMaxLength(120);
        builder.Property(workspace => workspace.FromCommit).HasMaxLength(64);
        builder
            .HasOne(workspace => workspace.Project)
            .WithMany()
            .HasForeignKey(workspace => workspace.ProjectId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(workspace => workspace.UserId).OnDelete(DeleteBehavior.Restrict);
        builder
            .HasIndex(workspace => new { workspace.ProjectId, workspace.Name })
            .IsUnique()
            .HasDatabaseName("idx_workspaces_project_id_name");
        builder.HasIndex(workspace => workspace.UserId).HasDatabaseName("idx_workspaces_user_id");
    }
}
