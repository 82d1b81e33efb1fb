using System.Globalization;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

/// <summary>
/// Memory that no process has for itself: files without a name (memfd), mapped or not, what processes share, and the
/// entries of temporary files, each of which costs the kernel memory whatever its size.
/// </summary>
internal static class SharedFiles
{
    // Libraries are shared too, and are on disk.
    private const long WorthALook = 32L << 20;

    /// <summary>Bytes of memory that some processes share among themselves.</summary>
    public static long Bytes(IReadOnlyCollection<int> processes)
    {
        var files = new Dictionary<(ulong, ulong), long>();
        var mapped = 0L;
        foreach (var process in processes)
        {
            AddUnnamed(process, files);
            mapped += Mapped(process);
        }
        // What is open and mapped is one and the same.
        return Math.Max(files.Values.Sum(), mapped);
    }

    /// <summary>How many files the temporary folders of a process hold, if it has some of its own.</summary>
    public static long Entries(int process) => OwnEntries(process, "/tmp") + OwnEntries(process, "/dev/shm");

    private static long OwnEntries(int process, string folder)
    {
        var seen = $"/proc/{Text(process)}/root{folder}";
        return FileKinds.Allocated(seen)?.Id.Device == FileKinds.Allocated(folder)?.Id.Device ? 0 : FileKinds.Entries(seen);
    }

    private static void AddUnnamed(int process, Dictionary<(ulong, ulong), long> files)
    {
        try
        {
            foreach (var file in new DirectoryInfo($"/proc/{Text(process)}/fd").EnumerateFileSystemInfos())
            {
                if (
                    file.LinkTarget is { } target
                    && target.StartsWith("/memfd:", StringComparison.Ordinal)
                    && FileKinds.Allocated(file.FullName) is { } allocated
                )
                {
                    files[allocated.Id] = allocated.Bytes;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }
    }

    private static long Mapped(int process)
    {
        if (Kilobytes(process, "status", "RssShmem:") << 10 < WorthALook)
        {
            return 0;
        }
        // Each process has its share of what several have mapped. It takes a walk through its pages.
        return Kilobytes(process, "smaps_rollup", "Pss_Shmem:") << 10;
    }

    private static long Kilobytes(int process, string file, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{Text(process)}/{file}")
                .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string Text(int process) => process.ToString(CultureInfo.InvariantCulture);
}
