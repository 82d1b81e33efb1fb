using System.Collections.Concurrent;

namespace SwePlatform.Api.Repositories.Worktrees;

/// <summary>
/// Turns, named by a file. Callers in this process wait in the order in which they came; a lock on the file keeps
/// out other processes that work on the same disk, and ends with the process that holds it.
/// </summary>
internal sealed class WorkspaceLocks
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    private readonly ConcurrentDictionary<string, Queue> _queues = new(StringComparer.Ordinal);

    public async Task<IAsyncDisposable> EnterAsync(string file, CancellationToken cancellationToken)
    {
        var queue = Join(file);
        try
        {
            await queue.Turn.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(file, queue);
            throw;
        }
        try
        {
            return new Turn(this, file, queue, await OpenAsync(file, cancellationToken));
        }
        catch
        {
            queue.Turn.Release();
            Leave(file, queue);
            throw;
        }
    }

    /// <summary>Holds a lock along with others, for <see cref="DrainAsync"/> to wait for.</summary>
    public static IDisposable Share(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        const int maxAttempts = 10;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            }
            catch (IOException) when (attempt < maxAttempts)
            {
                // It was opened just before it was drained, and locked just after. The next one is new.
            }
        }
    }

    /// <summary>Waits until all have let go who share the lock now. Those who come later are neither kept waiting nor waited for.</summary>
    public async Task DrainAsync(string file, CancellationToken cancellationToken)
    {
        var draining = file + ".draining";
        // The first may be there from a time that was broken off.
        for (var part = 0; part < 2; part++)
        {
            if (part == 1 && File.Exists(file))
            {
                File.Move(file, draining);
            }
            if (File.Exists(draining))
            {
                await using var turn = await EnterAsync(draining, cancellationToken);
                File.Delete(draining);
            }
        }
    }

    private static async Task<FileStream> OpenAsync(string file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException exception)
                when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                await Task.Delay(Poll, cancellationToken);
            }
        }
    }

    private Queue Join(string file)
    {
        while (true)
        {
            var queue = _queues.GetOrAdd(file, _ => new());
            lock (queue)
            {
                if (!queue.Closed)
                {
                    queue.Members++;
                    return queue;
                }
            }
        }
    }

    private void Leave(string file, Queue queue)
    {
        lock (queue)
        {
            if (--queue.Members == 0)
            {
                queue.Closed = true;
                _queues.TryRemove(KeyValuePair.Create(file, queue));
            }
        }
    }

    private sealed class Queue
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public int Members { get; set; }
        public bool Closed { get; set; }
    }

    private sealed class Turn(WorkspaceLocks locks, string file, Queue queue, FileStream stream) : IAsyncDisposable
    {
        private bool _ended;

        public async ValueTask DisposeAsync()
        {
            if (!_ended)
            {
                _ended = true;
                await stream.DisposeAsync();
                queue.Turn.Release();
                locks.Leave(file, queue);
            }
        }
    }
}
