using Microsoft.Extensions.Options;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Repositories.Snapshots;

/// <summary>
/// Snapshots by project and tree. One caller makes a missing one while others wait for it; the least recently used
/// are closed, and their files deleted, once there are too many.
/// </summary>
internal sealed partial class SnapshotCache(
    SnapshotWriter writer,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<SnapshotCache> logger
) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Guid Project, string Tree), Slot> _slots = [];

    public async Task<SnapshotLease> OpenAsync(Guid projectId, string gitDir, string tree, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slot = FindSlot(projectId, gitDir, tree);
            try
            {
                // The work goes on when this caller leaves: others may wait for it, and it is wanted again soon.
                var snapshot = await slot.Snapshot.Value.WaitAsync(cancellationToken);
                if (snapshot.TryLease() is { } lease)
                {
                    return lease;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Remove((projectId, tree), slot);
                throw;
            }
            Remove((projectId, tree), slot);
        }
    }

    /// <summary>Closes the snapshots of a project that is deleted.</summary>
    public void Close(Guid projectId)
    {
        lock (_lock)
        {
            foreach (var key in _slots.Keys.Where(key => key.Project == projectId).ToList())
            {
                _slots.Remove(key, out var slot);
                _ = slot!.Closed.CancelAsync();
                Close(slot);
            }
        }
    }

    private Slot FindSlot(Guid projectId, string gitDir, string tree)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue((projectId, tree), out var slot))
            {
                var closed = new CancellationTokenSource();
                slot = new(new(() => Task.Run(() => LoadInTimeAsync(gitDir, tree, closed.Token))), closed);
                _slots.Add((projectId, tree), slot);
                CloseLeastRecentlyUsed();
            }
            slot.LastUse = time.GetTimestamp();
            return slot;
        }
    }

    private async Task<Snapshot> LoadInTimeAsync(string gitDir, string tree, CancellationToken closed)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(closed);
        timeout.CancelAfter(options.Value.SnapshotTimeout);
        try
        {
            return await LoadAsync(gitDir, tree, timeout.Token);
        }
        catch (OperationCanceledException) when (!closed.IsCancellationRequested)
        {
            throw new GitException(
                $"The files of the commit could not be read within {options.Value.SnapshotTimeout.TotalMinutes:0.#} minutes "
                    + "(Workspaces:SnapshotTimeout)."
            );
        }
        catch (OperationCanceledException)
        {
            throw new GitException("The project was deleted while the files of its commit were read.");
        }
    }

    private async Task<Snapshot> LoadAsync(string gitDir, string tree, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetDirectoryName(gitDir)!, "snapshots");
        var path = Path.Combine(folder, $"{tree}.snapshot");
        if (File.Exists(path))
        {
            try
            {
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
                return Snapshot.Open(path, tree);
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
            {
                Log.Damaged(logger, exception, path);
            }
        }
        var started = time.GetTimestamp();
        await writer.WriteAsync(gitDir, tree, path, cancellationToken);
        DeleteLeastRecentlyUsed(folder, path);
        var snapshot = Snapshot.Open(path, tree);
        Log.Written(logger, tree, snapshot.Entries.Count, (long)time.GetElapsedTime(started).TotalMilliseconds);
        return snapshot;
    }

    private void DeleteLeastRecentlyUsed(string folder, string keep)
    {
        foreach (
            var file in new DirectoryInfo(folder)
                .GetFiles("*.snapshot")
                .OrderByDescending(file => file.LastWriteTimeUtc)
                .Skip(options.Value.SnapshotsPerProject)
                .Where(file => file.FullName != keep)
        )
        {
            file.Delete();
        }
    }

    private void CloseLeastRecentlyUsed()
    {
        if (_slots.Count <= options.Value.OpenSnapshots)
        {
            return;
        }
        var (key, oldest) = _slots.MinBy(pair => pair.Value.LastUse);
        _slots.Remove(key);
        Close(oldest);
    }

    private void Remove((Guid, string) key, Slot slot)
    {
        lock (_lock)
        {
            if (_slots.TryGetValue(key, out var current) && ReferenceEquals(current, slot))
            {
                _slots.Remove(key);
            }
        }
    }

    // Whoever reads it holds a lease, and the mapping lives until the last of them is done.
    private static void Close(Slot slot)
    {
        if (slot.Snapshot.IsValueCreated)
        {
            _ = slot.Snapshot.Value.ContinueWith(
                static task =>
                {
                    if (task.IsCompletedSuccessfully)
                    {
                        task.GetAwaiter().GetResult().Dispose();
                    }
                },
                TaskScheduler.Default
            );
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var slot in _slots.Values)
            {
                _ = slot.Closed.CancelAsync();
                Close(slot);
            }
            _slots.Clear();
        }
    }

    private sealed class Slot(Lazy<Task<Snapshot>> snapshot, CancellationTokenSource closed)
    {
        /// <summary>Ends the making of a snapshot that nobody will read.</summary>
        public CancellationTokenSource Closed { get; } = closed;

        public Lazy<Task<Snapshot>> Snapshot { get; } = snapshot;
        public long LastUse { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Wrote the snapshot of tree {Tree}: {Files} files in {Milliseconds} ms")]
        public static partial void Written(ILogger logger, string tree, int files, long milliseconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot {Path} is damaged; it is made again")]
        public static partial void Damaged(ILogger logger, Exception exception, string path);
    }
}
