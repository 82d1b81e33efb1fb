using System.ComponentModel.DataAnnotations;
using SwePlatform.Api.Repositories.Clones;

namespace SwePlatform.Api.Features.Projects;

/// <summary>Bound from the section <c>Projects</c>, beside <see cref="RepositoryOptions"/>.</summary>
public sealed class ProjectOptions
{
    public const string Section = "Projects";

    /// <summary>How many projects one user may own.</summary>
    [Range(1, 1_000_000)]
    public int MaxProjectsPerUser { get; set; } = 1000;

    /// <summary>How many repositories are cloned or fetched at the same time on one replica.</summary>
    [Range(1, 64)]
    public int ConcurrentSyncs { get; set; } = 2;
}
