using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Performance;

/// <summary>Bound from the section <c>Performance</c>.</summary>
public sealed class PerformanceOptions
{
    public const string Section = "Performance";

    /// <summary>Whether requests are measured. Off only to see what measuring costs.</summary>
    public bool RecordRequests { get; set; } = true;

    /// <summary>Days that measurements and slow requests are kept.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 35;
}
