using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.LoadTests;

/// <summary>One load test of this platform.</summary>
internal sealed class LoadTestRun
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid? UserId { get; init; }
    public required string Scenario { get; init; }
    public required string Runner { get; init; }
    public string? Commit { get; init; }

    /// <summary>Tells machines apart; figures of different machines are not compared.</summary>
    public required string Fingerprint { get; init; }

    public required string CpuModel { get; init; }
    public required int Cores { get; init; }
    public required long MemoryMegabytes { get; init; }
    public required string Os { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required double DurationSeconds { get; init; }

    /// <summary>k6's summary, as it was sent.</summary>
    public required string Summary { get; init; }

    /// <summary>The figures of the summary that runs are compared by.</summary>
    public required List<LoadFigure> Figures { get; init; }

    /// <summary>Whether no threshold was crossed.</summary>
    public required bool Passed { get; init; }

    /// <summary>Whether it was worse than the runs before it. Such a run is no measure for later ones.</summary>
    public required bool Regressed { get; set; }

    public bool IsBaseline { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A figure of a run, such as <c>p95</c> of the group <c>tool</c>; without a group, of all requests.</summary>
internal sealed class LoadFigure
{
    public required string Name { get; init; }
    public string? Group { get; init; }
    public required double Value { get; init; }
}

internal sealed class LoadTestRunMapping : IEntityTypeConfiguration<LoadTestRun>
{
    public void Configure(EntityTypeBuilder<LoadTestRun> builder)
    {
        builder.ToTable("load_test_runs");
        builder.Property(run => run.Id).ValueGeneratedNever();
        builder.Property(run => run.Scenario).HasMaxLength(LoadTestLimits.Name);
        builder.Property(run => run.Runner).HasMaxLength(LoadTestLimits.Name);
        builder.Property(run => run.Commit).HasMaxLength(64);
        builder.Property(run => run.Fingerprint).HasMaxLength(64);
        builder.Property(run => run.CpuModel).HasMaxLength(LoadTestLimits.MachinePart);
        builder.Property(run => run.Os).HasMaxLength(LoadTestLimits.MachinePart);
        builder.Property(run => run.Summary).HasColumnType("json");
        builder.OwnsMany(run => run.Figures, figures => figures.ToJson());
        builder.HasOne<User>().WithMany().HasForeignKey(run => run.UserId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(run => run.UserId).HasDatabaseName("idx_load_test_runs_user_id");
        builder
            .HasIndex(run => new
            {
                run.Fingerprint,
                run.Scenario,
                run.Runner,
                run.StartedAt,
            })
            .HasDatabaseName("idx_load_test_runs_comparable");
        builder
            .HasIndex(run => new
            {
                run.Fingerprint,
                run.Scenario,
                run.Runner,
            })
            .IsUnique()
            .HasFilter("is_baseline")
            .HasDatabaseName("idx_load_test_runs_baseline");
    }
}
