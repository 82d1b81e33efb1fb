using System.Globalization;

namespace SwePlatform.AppHost;

/// <summary>The folder with all state of one installation: databases, secrets, clones. One run at a time holds it.</summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string root, FileStream @lock) => (Root, _lock) = (root, @lock);

    public string Root { get; }

    public string Garnet => CreatePrivate(Path.Combine(Root, "garnet"));

    public string Workspaces => CreatePrivate(Path.Combine(Root, "workspaces"));

    public string SessionKeys => CreatePrivate(Path.Combine(Root, "session-keys"));

    public string Backups => Path.Combine(Root, "backups");

    /// <summary>What runs here and where it listens, for <c>swe</c> and scripts. Removed at an orderly stop.</summary>
    public string RunFile => Path.Combine(Root, "run.json");

    public string AdminPasswordFile => Path.Combine(Root, "admin-password");

    /// <summary>A file below the folder of secrets.</summary>
    public string Secret(string name) => Path.Combine(CreatePrivate(Path.Combine(Root, "secrets")), name);

    /// <summary>Creates the folder if needed and takes its lock, which the system releases however this process ends.</summary>
    /// <exception cref="StartException">It cannot be used, or another run holds it.</exception>
    public static DataFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            CreateRoot(root);
            var pidFile = Path.Combine(root, "host.pid");
            var held = TakeLock(root, pidFile);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolder(root, held);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new StartException(
                $"The data folder {root} cannot be used: {exception.Message} Choose another one with --data DIR.",
                exception
            );
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string root, string pidFile)
    {
        try
        {
            // The lock file is never deleted: a deleted one could be locked by two runs at once.
            return new FileStream(Path.Combine(root, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException and not FileNotFoundException && !IsFull(exception))
        {
            throw new StartException(
                $"The data folder {root} is in use by another run (process {ReadPid(pidFile)}). "
                    + "Stop that one, or start this one with another --data DIR and other ports.",
                exception
            );
        }
    }

    private static bool IsFull(IOException exception) => exception.Message.Contains("space left", StringComparison.Ordinal);

    private static string ReadPid(string pidFile)
    {
        try
        {
            return File.ReadAllText(pidFile);
        }
        catch (IOException)
        {
            return "unknown";
        }
    }

    private static void CreateRoot(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
            return;
        }
        if (Directory.Exists(root))
        {
            return;
        }
        // Root's Postgres runs as somebody else, who must be able to pass through here, but not to look around.
        var mode = Environment.IsPrivilegedProcess ? OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : OwnerOnly;
        Directory.CreateDirectory(root, mode);
        // Whatever the umask took away.
        File.SetUnixFileMode(root, mode);
    }

    private static string CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        return path;
    }
}
