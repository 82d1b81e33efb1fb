using System.Runtime.InteropServices;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>What is behind a path. Whoever opens a pipe waits for its other end, so this has to be known before.</summary>
internal enum FileKind
{
    Missing,
    Regular,
    Folder,

    Link,

    /// <summary>A pipe, socket or device.</summary>
    Special,
}

internal static unsafe partial class FileKinds
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint TypeOnly = 1;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;

    /// <summary>The kind of a file; a link is what it leads to, and one that leads nowhere is missing.</summary>
    public static FileKind Of(string path) => Find(path, 0);

    /// <summary>Whether it is a file, a link or a folder: what Git keeps.</summary>
    public static bool IsKept(string path) => Find(path, NoFollow) is FileKind.Regular or FileKind.Folder;

    /// <summary>The kind of a file; a link is one of its own, whatever it leads to.</summary>
    public static FileKind OfEntry(string path) =>
        new FileInfo(path).LinkTarget is not null ? FileKind.Link
        : OperatingSystem.IsLinux() ? Find(path, NoFollow)
        : Of(path);

    /// <summary>Moves what is there, without following it; what is there already is replaced if it is a file.</summary>
    public static void Rename(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
        {
            Directory.Move(from, to);
        }
        else if (rename(from, to) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    /// <summary>What a file takes, and which one it is; null if it is not there.</summary>
    public static ((ulong Device, ulong Inode) Id, long Bytes)? Allocated(string path)
    {
        const uint all = 0x7FF;
        const int inode = 32,
            blocks = 48,
            deviceMajor = 136,
            blockBytes = 512;
        var facts = stackalloc byte[256];
        return OperatingSystem.IsLinux() && statx(CurrentFolder, path, 0, all, facts) == 0
            ? ((*(ulong*)(facts + deviceMajor), *(ulong*)(facts + inode)), (long)*(ulong*)(facts + blocks) * blockBytes)
            : null;
    }

    /// <summary>How many files the file system has that a folder is on.</summary>
    public static long Entries(string folder)
    {
        const int files = 40,
            free = 48;
        var facts = stackalloc byte[256];
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess && statfs(folder, facts) == 0
            ? *(long*)(facts + files) - *(long*)(facts + free)
            : 0;
    }

    private static FileKind Find(string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Directory.Exists(path) ? FileKind.Folder
                : File.Exists(path) ? FileKind.Regular
                : FileKind.Missing;
        }
        // Its layout is the same on all processors, unlike that of stat.
        var facts = stackalloc byte[256];
        if (statx(CurrentFolder, path, flags, TypeOnly, facts) != 0)
        {
            return FileKind.Missing;
        }
        const int regular = 0x8000,
            folder = 0x4000,
            link = 0xA000;
        return (*(ushort*)(facts + ModeOffset) & TypeMask) switch
        {
            regular or link => FileKind.Regular,
            folder => FileKind.Folder,
            _ => FileKind.Special,
        };
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int statx(int folder, string path, int flags, uint mask, byte* facts);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int statfs(string path, byte* facts);
}
