using System.Threading.Channels;

namespace SwePlatform.Api.Data;

/// <summary>
/// Writes what many callers bring in one transaction: under load they share one flush of the disk; alone, a caller waits
/// for no one. Each learns only once its own item is durable, or that it is not.
/// </summary>
/// <param name="write">Writes all items or none.</param>
/// <param name="isItemsFault">Whether an exception may be one item's fault; then each is tried alone.</param>
internal sealed class GroupCommit<T>(Func<IReadOnlyList<T>, Task> write, Func<Exception, bool> isItemsFault, int maxItems = 500)
{
    private sealed record Pending(T Item, TaskCompletionSource Written);

    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>Ends once the item is durable.</summary>
    public async Task WriteAsync(T item)
    {
        var pending = new Pending(item, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await _pending.Writer.WriteAsync(pending);
        await pending.Written.Task;
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends once everything taken is written.</summary>
    public void Complete() => _pending.Writer.TryComplete();

    public async Task RunAsync()
    {
        var batch = new List<Pending>(maxItems);
        while (await _pending.Reader.WaitToReadAsync())
        {
            while (batch.Count < maxItems && _pending.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }
            await WriteBatchAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteBatchAsync(List<Pending> batch)
    {
        try
        {
            await write(batch.ConvertAll(pending => pending.Item));
            batch.ForEach(static pending => pending.Written.SetResult());
        }
        catch (Exception exception) when (batch.Count > 1 && isItemsFault(exception))
        {
            foreach (var pending in batch)
            {
                await WriteBatchAsync([pending]);
            }
        }
        catch (Exception exception)
        {
            // Fail closed: each caller learns that its item could not be written.
            batch.ForEach(pending => pending.Written.SetException(exception));
        }
    }
}
