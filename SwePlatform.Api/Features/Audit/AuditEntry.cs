using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;

namespace SwePlatform.Api.Features.Audit;

public enum AuditOutcome
{
    Success,
    Failure,
    Denied,
}

/// <summary>One entry of the audit log: append-only, chained to the one before it by its hash.</summary>
internal sealed class AuditEntry
{
    public required Guid Id { get; init; }

    /// <summary>Position in the chain, without gaps.</summary>
    public long Sequence { get; set; }

    public required DateTimeOffset Timestamp { get; init; }
    public Guid? ActorId { get; init; }
    public string? Actor { get; init; }
    public required string EventType { get; init; }
    public string? Resource { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public string? RequestId { get; init; }
    public string? ClientAddress { get; init; }

    /// <summary>Further facts, as JSON.</summary>
    public string? Details { get; init; }

    public byte[] PreviousHash { get; set; } = [];
    public byte[] Hash { get; set; } = [];
}

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        // The migration creates this table by SQL: it is partitioned by month, which the model cannot say.
        builder.ToTable("audit_log", SweDbContext.AuditSchema, table => table.ExcludeFromMigrations());
        builder.HasKey(entry => new { entry.Timestamp, entry.Id });
        builder.Property(entry => entry.Outcome).HasEnumText();
        builder.Property(entry => entry.Details).HasColumnType("json");
    }
}
