using System.Globalization;

namespace SwePlatform.AppHost.Embedded;

/// <summary>The folder with all state of one installation, held by one run at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataDirectory(string root, FileStream @lock)
    {
        Root = root;
        _lock = @lock;
        Secrets = new Secrets(CreatePrivate(Path.Combine(root, "secrets")));
    }

    public string Root { get; }

    public Secrets Secrets { get; }

    public string Garnet => CreatePrivate(Path.Combine(Root, "garnet"));

    public string Workspaces => CreatePrivate(Path.Combine(Root, "workspaces"));

    public string SessionKeys => CreatePrivate(Path.Combine(Root, "session-keys"));

    public string AdminPasswordFile => Path.Combine(Root, "admin-password");

    public string LastRunFile => Path.Combine(Root, "run.json");

    /// <summary>Creates the folder if needed and takes its lock, which the system releases however this process ends.</summary>
    public static DataDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            CreateRoot(root);
            var pidFile = Path.Combine(root, "host.pid");
            var held = TakeLock(root, pidFile);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataDirectory(root, held);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new HostException($"The data directory {root} cannot be used: {exception.Message} Choose another one with --data DIR.", exception);
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
        catch (IOException exception) when (exception is not DirectoryNotFoundException and not FileNotFoundException)
        {
            throw new HostException(
                $"The data directory {root} is in use by another run (process {ReadPid(pidFile)}). "
                + "Stop that one, or start this one with another --data DIR and other ports.",
                exception);
        }
    }

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
