using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Audit;

/// <summary>Bound from the section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Months that audit entries are kept, besides the current one; 0 keeps them forever.</summary>
    [Range(0, 1200)]
    public int RetentionMonths { get; set; } = 24;
}
