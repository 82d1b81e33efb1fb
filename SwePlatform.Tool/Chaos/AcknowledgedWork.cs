using System.Collections.Concurrent;

namespace SwePlatform.Tool.Chaos;

/// <summary>What the API has acknowledged, and therefore must never lose.</summary>
internal sealed class AcknowledgedWork
{
    private long _unanswered;

    /// <summary>Executions that were answered, by id.</summary>
    public ConcurrentBag<string> Executions { get; } = [];

    /// <summary>The last value of each setting whose write was answered.</summary>
    public ConcurrentDictionary<string, int> Settings { get; } = [];

    /// <summary>The last number in each file whose write was answered.</summary>
    public ConcurrentDictionary<string, int> Files { get; } = [];

    /// <summary>Requests that got no answer, or one that acknowledges nothing; they may have been done or not.</summary>
    public long Unanswered => Interlocked.Read(ref _unanswered);

    public void CountUnanswered() => Interlocked.Increment(ref _unanswered);
}
