using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Performance;

/// <summary>Bound from the section <c>Performance</c>.</summary>
public sealed class PerformanceOptions
{
    public const string Section = "Performance";

    /// <summary>Whether requests are measured, unless the setting <c>performance.record-requests</c> says otherwise.</summary>
    public bool RecordRequests { get; set; } = true;

    /// <summary>Where the web front end answers, for the probes of its assets; null if there is none.</summary>
    public string? WebAddress { get; set; }

    /// <summary>Bytes that the first page with its scripts and styles may take, compressed.</summary>
    [Range(1, int.MaxValue)]
    public int BundleBudgetBytes { get; set; } = 300 * 1024;

    /// <summary>Days that measurements and slow requests are kept.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 35;
}
