namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// Whether a job has a row. One whose caller waits for it needs none until it ends: if this replica dies before, its caller
/// has been told nothing. It gets one when it takes long, or when its caller is to be told where to find it.
/// </summary>
internal sealed class JobRecord
{
    private readonly Lock _lock = new();
    private Task? _written;
    private bool _ending;

    public Execution Row { get; }

    /// <param name="isWritten">Whether the row is there already, as that of a job that was taken over is.</param>
    public JobRecord(Execution row, bool isWritten)
    {
        Row = row;
        _written = isWritten ? Task.CompletedTask : null;
    }

    /// <summary>Writes the row, unless it is written or about to be.</summary>
    /// <returns>Ends once the row is durable; null if the end of the job is being recorded, and with it the row.</returns>
    public Task? WriteAsync(Func<Execution, Task> write)
    {
        lock (_lock)
        {
            return _ending && _written is null ? null : _written ??= write(Row);
        }
    }

    /// <summary>Notes that the job runs.</summary>
    /// <returns>The writing of a row that says otherwise, or null.</returns>
    public Task? Start(DateTimeOffset now)
    {
        lock (_lock)
        {
            var isQueued = Row.Status == ExecutionStatus.Queued;
            if (_written is null)
            {
                (Row.Status, Row.StartedAt) = (ExecutionStatus.Running, now);
            }
            return isQueued ? _written : null;
        }
    }

    /// <summary>Notes that the job ends.</summary>
    /// <returns>The row, if it is still to be written; else the writing of it.</returns>
    public (Execution? Unwritten, Task? Written) End()
    {
        lock (_lock)
        {
            _ending = true;
            return _written is null ? (Row, null) : (null, _written);
        }
    }
}
