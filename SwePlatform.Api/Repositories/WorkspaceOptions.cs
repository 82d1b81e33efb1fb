using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Repositories;

/// <summary>Bound from the section <c>Workspaces</c>.</summary>
public sealed class WorkspaceOptions
{
    public const string Section = "Workspaces";

    /// <summary>Folder that holds the clones and snapshots.</summary>
    [Required]
    public string Root { get; set; } = Path.Combine(Path.GetTempPath(), "swe-platform", "workspaces");

    /// <summary>Whether several replicas on this machine share <see cref="Root"/>: each takes a folder of its own in it.</summary>
    public bool PerReplica { get; set; }

    /// <summary>How long one clone or fetch may take.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long each step of the daily removal of old objects may take in one clone: of loose ones, collecting, and dropping.
    /// </summary>
    public TimeSpan PruneTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many snapshots of one project are kept on disk; the least recently used one goes first.</summary>
    [Range(1, 1000)]
    public int SnapshotsPerProject { get; set; } = 8;

    /// <summary>How many snapshots are kept open; the least recently used one is closed first.</summary>
    [Range(1, 10_000)]
    public int OpenSnapshots { get; set; } = 64;

    /// <summary>Files larger than this are listed, but neither searched nor read.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxFileBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>A tree whose files add up to more than this is refused.</summary>
    public long MaxSnapshotBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>How many files and folders a commit may have.</summary>
    [Range(1000, 100_000_000)]
    public int MaxTreeEntries { get; set; } = 500_000;

    /// <summary>How long reading the files of a commit into a snapshot may take.</summary>
    public TimeSpan SnapshotTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long reading the files of a branch workspace may take, with the wait for others who read them.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much memory one Git process may take.</summary>
    [Range(64L << 20, long.MaxValue)]
    public long GitMemoryBytes { get; set; } = 2L << 30;

    /// <summary>How many branch workspaces one project may have.</summary>
    [Range(1, 10_000)]
    public int MaxPerProject { get; set; } = 20;

    /// <summary>How much disk one branch workspace may take, with what its programs keep in their home.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxWorkspaceBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How many files and folders one branch workspace may have, with those in the home of its programs.</summary>
    [Range(1000, long.MaxValue)]
    public long MaxWorkspaceFiles { get; set; } = 1_000_000;
}
