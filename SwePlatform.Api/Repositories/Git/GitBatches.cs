namespace SwePlatform.Api.Repositories.Git;

/// <summary>
/// Git processes that stay between calls, by repository. Starting one costs milliseconds, asking one a fraction. As many
/// run as there are callers at a time; some are kept for the next, and end when nobody comes.
/// </summary>
internal sealed class GitBatches : IDisposable
{
    private const int MaxIdle = 32;

    // Git remembers every object that it has met.
    private const int MaxUses = 1000;
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan MaxIdleTime = TimeSpan.FromMinutes(1);

    private readonly GitProcess _git;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly LinkedList<(string GitDir, GitBatchKind Kind, GitBatch Batch)> _idle = [];
    private bool _disposed;

    public GitBatches(GitProcess git, TimeProvider time)
    {
        _git = git;
        _time = time;
        _timer = time.CreateTimer(static state => ((GitBatches)state!).EndIdle(), this, MaxIdleTime, MaxIdleTime);
    }

    /// <summary>Lets the caller talk to a process.</summary>
    /// <exception cref="GitException">Git failed.</exception>
    public async Task<T> QueryAsync<T>(
        string gitDir,
        GitBatchKind kind,
        Func<GitBatch, T> conversation,
        CancellationToken cancellationToken
    )
    {
        GitProcess.CheckExists(gitDir);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = Take(gitDir, kind) ?? new GitBatch(_git.Start(gitDir, GitBatch.Command(kind)));
            var reused = batch.Uses++ > 0;
            var atEase = false;
            try
            {
                using var killer = cancellationToken.Register(static state => ((GitBatch)state!).Kill(), batch);
                var answer = await batch.TalkAsync(conversation);
                atEase = true;
                return answer;
            }
            catch (IOException exception)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!reused)
                {
                    throw new GitException($"git ended while it was asked: {exception.Message}");
                }
                // It had ended while it waited; a new one knows.
            }
            finally
            {
                if (atEase && !batch.Killed)
                {
                    Give(gitDir, kind, batch);
                }
                else
                {
                    batch.Dispose();
                }
            }
        }
    }

    /// <summary>Ends the processes of a repository that goes away.</summary>
    public void Close(string gitDir) => End(item => item.GitDir == gitDir);

    private GitBatch? Take(string gitDir, GitBatchKind kind)
    {
        lock (_lock)
        {
            for (var node = _idle.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Kind == kind && node.Value.GitDir == gitDir)
                {
                    _idle.Remove(node);
                    return node.Value.Batch;
                }
            }
            return null;
        }
    }

    private void Give(string gitDir, GitBatchKind kind, GitBatch batch)
    {
        GitBatch? surplus;
        lock (_lock)
        {
            if (_disposed || batch.Uses >= MaxUses || batch.Bytes >= MaxBytes)
            {
                surplus = batch;
            }
            else
            {
                batch.IdleSince = _time.GetTimestamp();
                _idle.AddLast((gitDir, kind, batch));
                surplus = _idle.Count > MaxIdle ? _idle.First!.Value.Batch : null;
                if (surplus is not null)
                {
                    _idle.RemoveFirst();
                }
            }
        }
        surplus?.Dispose();
    }

    private void EndIdle() => End(item => _time.GetElapsedTime(item.Batch.IdleSince) >= MaxIdleTime);

    private void End(Func<(string GitDir, GitBatchKind Kind, GitBatch Batch), bool> which)
    {
        List<GitBatch> ended;
        lock (_lock)
        {
            var items = _idle.Where(which).ToList();
            items.ForEach(item => _idle.Remove(item));
            ended = items.ConvertAll(item => item.Batch);
        }
        ended.ForEach(batch => batch.Dispose());
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _disposed = true;
        }
        End(_ => true);
    }
}
