using System.Diagnostics;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>What files take: bytes, and entries, of which a disk has a limited number too.</summary>
internal readonly record struct FolderUse(long Bytes, long Entries)
{
    public static FolderUse operator +(FolderUse one, FolderUse other) => new(one.Bytes + other.Bytes, one.Entries + other.Entries);
}

/// <summary>Folders that untrusted programs filled: links in them are never followed, permissions are not trusted.</summary>
internal static class FolderTree
{
    // An empty file is not free either: a block for its entry.
    private const int EntryBytes = 4096;

    private static readonly EnumerationOptions Entries = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = true,
        RecurseSubdirectories = false,
    };

    /// <summary>Removes a folder with all in it; nothing happens if it does not exist.</summary>
    public static void Delete(string folder)
    {
        const int attempts = 5;
        for (var attempt = 1; Directory.Exists(folder); attempt++)
        {
            try
            {
                Open(new DirectoryInfo(folder));
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or ArgumentException && attempt < attempts)
            {
                // Something was still being written, and its writer ends soon; or paths are longer than the system
                // takes in one piece (.NET then finds an empty one), and rm needs none.
                Remove(folder);
            }
        }
    }

    private static void Remove(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            using var process = Process.Start("rm", ["-rf", "--", folder]);
            process.WaitForExit();
        }
    }

    /// <summary>How much there is in a folder, with something for each entry.</summary>
    public static FolderUse Measure(string folder)
    {
        var (bytes, entries) = (0L, 0L);
        var pending = new Stack<DirectoryInfo>([new(folder)]);
        while (pending.TryPop(out var current))
        {
            foreach (var entry in Enumerate(current))
            {
                bytes += EntryBytes;
                entries++;
                if (entry is FileInfo file)
                {
                    bytes += file.LinkTarget is null ? Length(file) : 0;
                }
                else if (entry.LinkTarget is null)
                {
                    pending.Push((DirectoryInfo)entry);
                }
            }
        }
        return new(bytes, entries);
    }

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // Folders without write permission (Go's module cache has such) would keep their files.
    private static void Open(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows() && folder.LinkTarget is null)
        {
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            if ((folder.UnixFileMode & owner) != owner)
            {
                folder.UnixFileMode |= owner;
            }
            foreach (var child in Enumerate(folder).OfType<DirectoryInfo>())
            {
                Open(child);
            }
        }
    }

    private static List<FileSystemInfo> Enumerate(DirectoryInfo folder)
    {
        try
        {
            return [.. folder.EnumerateFileSystemInfos("*", Entries)];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
