using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Database.Changes;

public enum IndexChangeKind
{
    Create,
    Drop,
}

public enum IndexChangeStatus
{
    Running,
    Done,
    Failed,
    Undoing,
    Undone,
}

/// <summary>An index that an administrator had made or dropped, with what it did to a query and how to take it back.</summary>
internal sealed class IndexChange
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }
    public required IndexChangeKind Kind { get; init; }
    public required IndexChangeStatus Status { get; set; }
    public required string TableName { get; init; }
    public required string IndexName { get; init; }
    public required string Ddl { get; init; }
    public required string UndoDdl { get; init; }
    public required string Reason { get; init; }

    /// <summary>The query whose plan is kept from before and after.</summary>
    public string? Query { get; init; }

    public string? PlanBefore { get; set; }
    public string? PlanAfter { get; set; }
    public double? CostBefore { get; set; }
    public double? CostAfter { get; set; }
    public long? IndexBytes { get; set; }
    public string? Error { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }
}

internal sealed class IndexChangeMapping : IEntityTypeConfiguration<IndexChange>
{
    public void Configure(EntityTypeBuilder<IndexChange> builder)
    {
        builder.ToTable("index_changes", "performance");
        builder.Property(change => change.Id).ValueGeneratedNever();
        builder.Property(change => change.Kind).HasEnumText();
        builder.Property(change => change.Status).HasEnumText();
        builder.Property(change => change.PlanBefore).HasColumnType("json");
        builder.Property(change => change.PlanAfter).HasColumnType("json");
    }
}
