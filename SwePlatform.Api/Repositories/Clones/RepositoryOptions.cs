namespace SwePlatform.Api.Repositories.Clones;

/// <summary>Which repositories may be read. Bound from the section <c>Projects</c>, beside the options of projects.</summary>
public sealed class RepositoryOptions
{
    public const string Section = "Projects";

    /// <summary>Folders of this machine whose repositories may be registered by path. None by default.</summary>
    public List<string> LocalRoots { get; set; } = [];

    /// <summary>The platform's own checkout, if it has one: registered as <c>swe-platform</c>, and allowed as a local path.</summary>
    public string? SelfRepository { get; set; }

    /// <summary>Whether repositories may be fetched from hosts in private networks.</summary>
    public bool AllowPrivateHosts { get; set; }

    internal IEnumerable<string> AllowedRoots() => SelfRepository is { Length: > 0 } self ? LocalRoots.Append(self) : LocalRoots;
}
