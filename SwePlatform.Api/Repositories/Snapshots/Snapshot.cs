using System.IO.MemoryMappedFiles;
using System.Text;
using SwePlatform.Api.Toolbox.Deps;

namespace SwePlatform.Api.Repositories.Snapshots;

/// <summary>What a file of a snapshot is.</summary>
internal enum EntryKind : byte
{
    Text,
    Binary,
    Symlink,
    Submodule,
    TooLarge,
}

/// <summary>One file of a snapshot.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Offset">Where its content begins in the snapshot's file.</param>
/// <param name="Length">How much content is there; zero if it was left out.</param>
/// <param name="Size">Its real size in bytes.</param>
internal sealed record SnapshotEntry(string Path, EntryKind Kind, bool Executable, long Offset, int Length, long Size);

/// <summary>
/// The files of one Git tree, readable without Git: their contents one after the other in a single file that is
/// mapped into memory. A search runs through memory at its full speed and opens no file.
/// </summary>
/// <remarks>
/// The mapping is counted by its handle: <see cref="TryLease"/> keeps it alive while a tool reads, also when the store
/// closes the snapshot meanwhile.
/// </remarks>
internal sealed unsafe class Snapshot : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly Lazy<Dictionary<string, SnapshotEntry>> _byPath;

    private Snapshot(string tree, IReadOnlyList<SnapshotEntry> entries, MemoryMappedFile? file, MemoryMappedViewAccessor? view)
    {
        Tree = tree;
        Entries = entries;
        _file = file;
        _view = view;
        view?.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _byPath = new(() => Entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal));
    }

    /// <summary>Id of the Git tree.</summary>
    public string Tree { get; }

    /// <summary>All files, ordered by path as Git orders them.</summary>
    public IReadOnlyList<SnapshotEntry> Entries { get; }

    public SnapshotEntry? Find(string path) => _byPath.Value.GetValueOrDefault(path);

    /// <summary>The content of a file. Valid only as long as the lease that the caller holds.</summary>
    public ReadOnlySpan<byte> Read(SnapshotEntry entry) => entry.Length == 0 ? default : new(_start + entry.Offset, entry.Length);

    /// <summary>Keeps the snapshot readable until the lease is disposed; null if it is closed already.</summary>
    public SnapshotLease? TryLease()
    {
        var added = false;
        try
        {
            _view?.SafeMemoryMappedViewHandle.DangerousAddRef(ref added);
            return new(this, added ? _view!.SafeMemoryMappedViewHandle : null);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Opens the file that <see cref="SnapshotWriter"/> wrote.</summary>
    public static Snapshot Open(string path, string tree)
    {
        IReadOnlyList<SnapshotEntry> entries;
        using (var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8))
        {
            entries = SnapshotIndex.Read(reader);
        }
        if (entries.All(entry => entry.Length == 0))
        {
            return new(tree, entries, null, null);
        }
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        return new(tree, entries, file, file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read));
    }

    public void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }
}

/// <summary>A snapshot that is in use.</summary>
internal sealed class SnapshotLease(Snapshot snapshot, System.Runtime.InteropServices.SafeHandle? handle) : IDisposable
{
    private System.Runtime.InteropServices.SafeHandle? _handle = handle;

    public Snapshot Snapshot { get; } = snapshot;

    public void Dispose() => Interlocked.Exchange(ref _handle, null)?.DangerousRelease();
}
