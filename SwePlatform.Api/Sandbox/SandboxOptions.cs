using System.ComponentModel.DataAnnotations;

namespace SwePlatform.Api.Sandbox;

/// <summary>Bound from the section <c>Tools:Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Tools:Sandbox";

    /// <summary>The program bubblewrap: a path, or a name on the PATH.</summary>
    [Required]
    public string Bubblewrap { get; set; } = "bwrap";

    /// <summary>Memory of all processes of one run together.</summary>
    [Range(16L << 20, long.MaxValue)]
    public long MemoryBytes { get; set; } = 4L << 30;

    /// <summary>How many processes and threads one run may have at a time.</summary>
    [Range(8, 100_000)]
    public int Processes { get; set; } = 512;

    /// <summary>Processor time of one process.</summary>
    [Range(1, 86_400)]
    public int CpuSeconds { get; set; } = 1200;

    /// <summary>The largest file that a program may write.</summary>
    [Range(4096, long.MaxValue)]
    public long FileBytes { get; set; } = 1L << 30;

    /// <summary>What is kept of each of a program's two output streams.</summary>
    [Range(1024, 64 << 20)]
    public int OutputBytes { get; set; } = 1 << 20;

    /// <summary>The size of the private /tmp, which is memory.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long TempBytes { get; set; } = 512L << 20;

    /// <summary>How many files /tmp and /dev/shm may hold.</summary>
    [Range(100, int.MaxValue)]
    public int TempFiles { get; set; } = 200_000;

    /// <summary>Further folders that programs may read, such as toolchains and package folders.</summary>
    public List<string> ReadOnlyPaths { get; set; } = [];

    /// <summary>
    /// Folders with NuGet packages that builds may use: a local feed, or a package folder such as <c>~/.nuget/packages</c>.
    /// Without network they are the only source, unless a project names its own.
    /// </summary>
    public List<string> NuGetPackageFolders { get; set; } = [];

    /// <summary>
    /// <c>Tools:AllowUnsandboxed</c>: where there is no bubblewrap, programs run with all rights of this server.
    /// </summary>
    public bool AllowUnsandboxed { get; set; }

    /// <summary><c>Tools:MembersMayAllowNetwork</c>: not only administrators may let a project's programs use the network.</summary>
    public bool MembersMayAllowNetwork { get; set; }
}
