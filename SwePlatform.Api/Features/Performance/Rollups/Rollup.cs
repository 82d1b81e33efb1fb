using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SwePlatform.Api.Features.Performance.Rollups;

/// <summary>Over how long a row was added up. Each measurement is in rows of exactly one level at any time.</summary>
internal enum RollupLevel : short
{
    Seconds = 0,
    Minute = 1,
    Hour = 2,
}

/// <summary>Durations of one series over a span of time, as a histogram; rows add up over time and replicas.</summary>
internal sealed class LatencyRollup
{
    public long Id { get; init; }
    public RollupLevel Level { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Kind { get; init; }
    public required string Name { get; init; }
    public required string Label { get; init; }
    public long Errors { get; init; }
    public long Rejected { get; init; }
    public long SumMicroseconds { get; init; }
    public long MaxMicroseconds { get; init; }
    public required int[] Buckets { get; init; }
    public required long[] Counts { get; init; }
}

/// <summary>A sampled or counted value of one replica over a span of time.</summary>
internal sealed class ValueRollup
{
    public long Id { get; init; }
    public RollupLevel Level { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Replica { get; init; }
    public required string Name { get; init; }
    public required string Label { get; init; }
    public double Sum { get; init; }
    public long Count { get; init; }
    public double Max { get; init; }
    public double Last { get; init; }
}

internal sealed class LatencyRollupMapping : IEntityTypeConfiguration<LatencyRollup>
{
    public void Configure(EntityTypeBuilder<LatencyRollup> builder)
    {
        builder.ToTable("latency_rollups", "performance");
        builder.HasIndex(rollup => new { rollup.Level, rollup.At }).HasDatabaseName("idx_latency_rollups_level_at");
    }
}

internal sealed class ValueRollupMapping : IEntityTypeConfiguration<ValueRollup>
{
    public void Configure(EntityTypeBuilder<ValueRollup> builder)
    {
        builder.ToTable("value_rollups", "performance");
        builder.HasIndex(rollup => new { rollup.Level, rollup.At }).HasDatabaseName("idx_value_rollups_level_at");
    }
}
