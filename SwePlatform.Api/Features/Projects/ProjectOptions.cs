using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Features.Projects;

/// <summary>Bound from the section <c>Projects</c>.</summary>
public sealed class ProjectOptions
{
    public const string Section = "Projects";

    /// <summary>Folders of this machine whose repositories may be registered by path. None by default.</summary>
    public List<string> LocalRoots { get; set; } = [];

    /// <summary>The platform's own checkout, if it has one: registered as <c>swe-platform</c>, and allowed as a local path.</summary>
    public string? SelfRepository { get; set; }

    /// <summary>Whether repositories may be fetched from hosts in private networks.</summary>
    public bool AllowPrivateHosts { get; set; }

    /// <summary>How many projects one user may own.</summary>
    [Range(1, 1_000_000)]
    public int MaxProjectsPerUser { get; set; } = 1000;

    /// <summary>How many repositories are cloned or fetched at the same time on one replica.</summary>
    [Range(1, 64)]
    public int ConcurrentSyncs { get; set; } = 2;

    internal IEnumerable<string> AllowedRoots() => SelfRepository is { Length: > 0 } self ? LocalRoots.Append(self) : LocalRoots;
}
