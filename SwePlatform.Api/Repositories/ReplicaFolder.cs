namespace SwePlatform.Api.Repositories;

/// <summary>
/// Gives each replica on one machine a folder of its own for clones: the first of those that no running one holds, so that a
/// restart finds what was there. The first is the root itself.
/// </summary>
internal sealed class ReplicaFolder : IDisposable
{
    private const int MaxReplicas = 64;
    private const string LockName = ".replica";

    private readonly Lock _lock = new();
    private string? _folder;
    private FileStream? _claim;

    /// <summary>The folder of this process, claimed once and held until it ends.</summary>
    /// <exception cref="IOException">Too many replicas run on this machine.</exception>
    public string Claim(string root)
    {
        lock (_lock)
        {
            return _folder ??= FindFree(root);
        }
    }

    private string FindFree(string root)
    {
        for (var number = 1; number <= MaxReplicas; number++)
        {
            var folder = number == 1 ? root : Path.Combine(root, $"replica-{number}");
            Directory.CreateDirectory(folder);
            try
            {
                _claim = new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return folder;
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, LockName)))
            {
                // Another replica has it.
            }
        }
        throw new IOException($"{MaxReplicas} replicas have their clones below '{root}' already (Workspaces:PerReplica).");
    }

    public void Dispose() => _claim?.Dispose();
}
