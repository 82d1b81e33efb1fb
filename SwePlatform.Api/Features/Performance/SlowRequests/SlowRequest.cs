using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Infrastructure.Telemetry;

namespace SwePlatform.Api.Features.Performance.SlowRequests;

/// <summary>One of the slowest requests of its endpoint.</summary>
internal sealed class SlowRequest
{
    public Guid Id { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Endpoint { get; init; }
    public required string Method { get; init; }
    public int Status { get; init; }
    public double DurationMs { get; init; }
    public required string TraceId { get; init; }
    public Guid? UserId { get; init; }

    /// <summary>A list of <see cref="RequestSpan"/>, as JSON.</summary>
    public required string Spans { get; init; }
}

internal sealed class SlowRequestMapping : IEntityTypeConfiguration<SlowRequest>
{
    public void Configure(EntityTypeBuilder<SlowRequest> builder)
    {
        builder.ToTable("slow_requests", "performance");
        builder.Property(request => request.Id).ValueGeneratedNever();
        builder.Property(request => request.Endpoint).HasMaxLength(300);
        builder.Property(request => request.Method).HasMaxLength(10);
        builder.Property(request => request.TraceId).HasMaxLength(64);
        builder.Property(request => request.Spans).HasColumnType("jsonb");
        builder.HasIndex(request => request.At).HasDatabaseName("idx_slow_requests_at");
    }
}
