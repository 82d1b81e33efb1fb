namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>
/// Where the cluster, its settings and its logs are: in the data folder, unless the server's user cannot get
/// in there (root's home, for example). Then they are in a folder of the system, and the data folder
/// points to it, so deleting the data folder still starts afresh.
/// </summary>
internal sealed class PostgresStorage
{
    private const string SystemFolder = "/var/lib/swe-platform";
    private const string FolderName = "postgres";
    private const string ClusterName = "cluster";
    private const string PointerName = "postgres-location";

    private PostgresStorage(string root) => Root = root;

    /// <summary>Belongs to the user of the AppHost; the server's user can enter it.</summary>
    public string Root { get; }

    public string Cluster => Path.Combine(Root, ClusterName);

    public string Logs => Path.Combine(Root, "log");

    public string Settings => Path.Combine(Root, "postgresql.conf");

    public string Access => Path.Combine(Root, "pg_hba.conf");

    /// <summary>Parent of the programs that were installed as a package.</summary>
    public string Packages => Path.Combine(Root, "packages");

    public bool HasCluster => File.Exists(VersionFile);

    /// <summary>Major version that made the cluster; null if there is none yet.</summary>
    public int? ClusterVersion => HasCluster && int.TryParse(File.ReadAllText(VersionFile), out var version) ? version : null;

    private string VersionFile => Path.Combine(Cluster, "PG_VERSION");

    /// <summary>Where the cluster is if it is in the data folder.</summary>
    public static string ClusterIn(DataFolder data) => Path.Combine(data.Root, FolderName, ClusterName);

    public static async Task<PostgresStorage> OpenAsync(DataFolder data, ServerAccount account)
    {
        var root = Path.Combine(data.Root, FolderName);
        var pointer = Path.Combine(data.Root, PointerName);
        if (File.Exists(pointer))
        {
            root = (await File.ReadAllTextAsync(pointer)).Trim();
            if (!Directory.Exists(root))
            {
                throw new StartException(
                    $"The database of this data folder was in {root}, which no longer exists. "
                        + $"Restore it, or delete {pointer} to start with an empty database."
                );
            }
        }
        CreatePassable(root);
        if (!await account.CanEnterAsync(root))
        {
            if (Directory.Exists(Path.Combine(root, ClusterName)))
            {
                throw new StartException(
                    $"The user {account.Name}, which runs PostgreSQL, can no longer enter {root}. "
                        + "Let that user pass through the folders above it."
                );
            }
            Directory.Delete(root, recursive: true);
            root = Path.Combine(SystemFolder, Guid.CreateVersion7().ToString("N"), FolderName);
            CreatePassable(root);
            await File.WriteAllTextAsync(pointer, root + "\n");
            Terminal.Write($"The user {account.Name} cannot enter {data.Root}, so the database is in {root}");
        }
        var storage = new PostgresStorage(root);
        await CreateOwnedAsync(storage.Logs, account);
        return storage;
    }

    /// <summary>Creates a folder for the server's user alone.</summary>
    public static async Task CreateOwnedAsync(string path, ServerAccount account)
    {
        if (Directory.Exists(path))
        {
            return;
        }
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await account.OwnAsync(path);
    }

    /// <summary>Creates a folder that others may enter, whatever the umask is.</summary>
    private static void CreatePassable(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }
        if (Path.GetDirectoryName(path) is { } parent && parent.StartsWith(SystemFolder, StringComparison.Ordinal))
        {
            CreatePassable(parent);
        }
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                path,
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherRead
                    | UnixFileMode.OtherExecute
            );
        }
    }
}
