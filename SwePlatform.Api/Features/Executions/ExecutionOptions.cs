using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Bound from the section <c>Tools</c>.</summary>
public sealed class ExecutionOptions
{
    public const string Section = "Tools";

    /// <summary>
    /// How many tools that run programs, and as many that do not, run at the same time on one replica; further ones
    /// wait. Zero means two for each processor.
    /// </summary>
    [Range(0, 10_000)]
    public int Concurrency { get; set; }

    /// <summary>How many of these may be one user's.</summary>
    [Range(1, 10_000)]
    public int ConcurrencyPerUser { get; set; } = 8;

    /// <summary>How many of these may be on one project.</summary>
    [Range(1, 10_000)]
    public int ConcurrencyPerProject { get; set; } = 8;

    /// <summary>How many executions of one user may wait; further ones are refused with 429.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingPerUser { get; set; } = 1000;

    /// <summary>How long a call waits for its result before it goes on without its caller.</summary>
    public TimeSpan WaitLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes of results are kept in memory.</summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long ResultCacheBytes { get; set; } = 64 * 1024 * 1024;
}
