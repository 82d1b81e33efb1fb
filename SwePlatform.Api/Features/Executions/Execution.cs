using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Projects;
using SwePlatform.Api.Features.Users;

namespace SwePlatform.Api.Features.Executions;

public enum ExecutionStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
}

/// <summary>One run of a tool.</summary>
internal sealed class Execution
{
    /// <summary>A larger result is stored in <see cref="ExecutionOutput"/>, so that lists stay cheap.</summary>
    public const int MaxInlineBytes = 64 * 1024;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid UserId { get; init; }
    public required string ToolName { get; init; }
    public Guid? ProjectId { get; init; }
    public string? Commit { get; set; }

    /// <summary>The tree that the tool reads.</summary>
    public string? Tree { get; set; }

    /// <summary>Name of the branch workspace, if the call named one.</summary>
    public string? Workspace { get; init; }

    /// <summary>The arguments, as JSON.</summary>
    public required string Arguments { get; init; }

    public ExecutionStatus Status { get; set; } = ExecutionStatus.Queued;

    /// <summary>How it came out; null before its end. Read it by <see cref="ExecutionOutcomes.Of"/>.</summary>
    public ExecutionOutcome? Outcome { get; set; }

    /// <summary>Why, in a few words.</summary>
    public string? OutcomeText { get; set; }

    /// <summary>The result, as JSON, unless it is too large.</summary>
    public string? Result { get; set; }

    /// <summary>Size of the result in bytes of UTF-8.</summary>
    public int? ResultBytes { get; set; }

    public string? ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public bool Cached { get; set; }
    public Timings Timings { get; set; } = new();
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public DateTimeOffset? CancelRequestedAt { get; set; }

    /// <summary>The replica that has taken it on.</summary>
    public Guid? LeaseOwner { get; set; }

    /// <summary>Until when that replica is believed to be alive.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>
    /// Counts the replicas that have taken it on. Only the newest may finish it: one that was believed dead, and
    /// comes back, changes nothing.
    /// </summary>
    public int Generation { get; set; } = 1;

    public bool IsFinished => Status is not (ExecutionStatus.Queued or ExecutionStatus.Running);
}

/// <summary>A result that is too large for its execution's row.</summary>
internal sealed class ExecutionOutput
{
    public required Guid ExecutionId { get; init; }

    /// <summary>The result, as <see cref="PackedJson"/>.</summary>
    public required byte[] Content { get; init; }
}

internal sealed class ExecutionMapping : IEntityTypeConfiguration<Execution>
{
    public void Configure(EntityTypeBuilder<Execution> builder)
    {
        builder.ToTable("executions");
        ExecutionSql.Map(builder.Metadata.Model);
        builder.Property(execution => execution.Id).ValueGeneratedNever();
        builder.Property(execution => execution.ToolName).HasMaxLength(200);
        builder.Property(execution => execution.Commit).HasMaxLength(64);
        builder.Property(execution => execution.Tree).HasMaxLength(64);
        builder.Property(execution => execution.Workspace).HasMaxLength(100);
        builder.Ignore(execution => execution.IsFinished);
        // json, not jsonb: what was sent and what was answered is kept to the letter.
        builder.Property(execution => execution.Arguments).HasColumnType("json");
        builder.Property(execution => execution.Result).HasColumnType("json");
        builder.Property(execution => execution.Status).HasEnumText();
        builder.Property(execution => execution.Outcome).HasEnumText();
        builder.Property(execution => execution.OutcomeText).HasMaxLength(ToolOutcome.MaxText);
        builder.Property(execution => execution.ErrorCode).HasMaxLength(50);
        builder.ComplexProperty(execution => execution.Timings);
        builder.HasOne<User>().WithMany().HasForeignKey(execution => execution.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Project>().WithMany().HasForeignKey(execution => execution.ProjectId).OnDelete(DeleteBehavior.SetNull);
        // Ids are ordered by time: the primary key serves as the second column of each list.
        builder
            .HasIndex(execution => new { execution.UserId, execution.Id })
            .IsDescending(false, true)
            .HasDatabaseName("idx_executions_user_id");
        builder
            .HasIndex(execution => new { execution.ProjectId, execution.Id })
            .IsDescending(false, true)
            .HasDatabaseName("idx_executions_project_id");
        builder
            .HasIndex(execution => new { execution.ToolName, execution.Id })
            .IsDescending(false, true)
            .HasDatabaseName("idx_executions_tool_name");
        builder
            .HasIndex(execution => execution.LeaseUntil)
            .HasFilter("status IN ('queued', 'running')")
            .HasDatabaseName("idx_executions_unfinished");
    }
}

internal sealed class ExecutionOutputMapping : IEntityTypeConfiguration<ExecutionOutput>
{
    public void Configure(EntityTypeBuilder<ExecutionOutput> builder)
    {
        builder.ToTable("execution_outputs");
        builder.HasKey(output => output.ExecutionId);
        builder.HasOne<Execution>().WithOne().HasForeignKey<ExecutionOutput>(output => output.ExecutionId).OnDelete(DeleteBehavior.Cascade);
    }
}
