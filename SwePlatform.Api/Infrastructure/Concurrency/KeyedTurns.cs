using System.Collections.Concurrent;

namespace SwePlatform.Api.Infrastructure.Concurrency;

/// <summary>Turns by name: one caller at a time for each, in the order in which they came, and not too many who wait.</summary>
internal sealed class KeyedTurns(int maxWaiting)
{
    private readonly ConcurrentDictionary<string, Queue> _queues = new(StringComparer.Ordinal);

    /// <returns>The turn, which ends when it is disposed; null if too many wait for it.</returns>
    public async Task<IDisposable?> EnterAsync(string name, CancellationToken cancellationToken)
    {
        if (Join(name) is not { } queue)
        {
            return null;
        }
        try
        {
            await queue.Turn.WaitAsync(cancellationToken);
            return new Holder(this, name, queue);
        }
        catch
        {
            Leave(name, queue);
            throw;
        }
    }

    private Queue? Join(string name)
    {
        while (true)
        {
            var queue = _queues.GetOrAdd(name, static _ => new());
            lock (queue)
            {
                if (!queue.Closed)
                {
                    return queue.Members > maxWaiting ? null : queue.Join();
                }
            }
        }
    }

    private void Leave(string name, Queue queue)
    {
        lock (queue)
        {
            if (--queue.Members == 0)
            {
                queue.Closed = true;
                _queues.TryRemove(KeyValuePair.Create(name, queue));
            }
        }
    }

    private sealed class Queue
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public int Members { get; set; }
        public bool Closed { get; set; }

        public Queue Join()
        {
            Members++;
            return this;
        }
    }

    private sealed class Holder(KeyedTurns turns, string name, Queue queue) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                queue.Turn.Release();
                turns.Leave(name, queue);
            }
        }
    }
}
