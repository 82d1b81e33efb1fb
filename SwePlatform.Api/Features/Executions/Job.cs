using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Tools;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Telemetry;
using SwePlatform.Api.Repositories.Git;
using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Features.Executions;

/// <summary>What came of running a tool.</summary>
/// <param name="Result">The result as JSON in UTF-8; null if there is none.</param>
internal sealed record ToolOutcome(ExecutionStatus Status, byte[]? Result, ToolError? Error, double ExecuteMs, double SerializeMs)
{
    /// <summary>Error code for what the server lacks, answered with 503.</summary>
    public const string Unavailable = "unavailable";

    private readonly Lock _packing = new();
    private byte[]? _packed;

    /// <summary>Characters of <see cref="Text"/>, at most.</summary>
    public const int MaxText = 100;

    public bool Success => Error is null;

    /// <summary>Whether the result, if there is one, is a good one.</summary>
    public bool Passed { get; init; } = true;

    /// <summary>Why it is not, in a few words.</summary>
    public string? Text { get; init; }

    /// <summary>How it came out, for people.</summary>
    public ExecutionOutcome Outcome => Success && !Passed ? ExecutionOutcome.Failed : ExecutionOutcomes.Of(null, Status);

    /// <summary>The result as it is stored when it is large; made once for all who store it.</summary>
    public byte[] Packed
    {
        get
        {
            lock (_packing)
            {
                return _packed ??= PackedJson.Pack(Result!);
            }
        }
    }

    public static ToolOutcome Failure(ExecutionStatus status, string code, string message, double executeMs = 0) =>
        new(status, null, new(code, message), executeMs, 0);
}

/// <summary>A finished execution, as whoever waited for it gets it.</summary>
/// <param name="Commit">What it read.</param>
internal sealed record JobResult(ToolOutcome Outcome, Timings Timings, bool Cached, CommitId? Commit);

/// <summary>An execution that this replica has taken on.</summary>
internal sealed class Job(
    Guid id,
    CurrentUser user,
    RegisteredTool tool,
    object arguments,
    Guid? projectId,
    CommitId? commit,
    Workspace? workspace,
    int generation,
    LatencyReceipt clock
) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private string _cancelReason = "The execution was cancelled.";

    // What becomes known while it is prepared. Read by whoever waits for it.
    private State _state = new(commit, null, new(), false);

    private sealed record State(CommitId? Commit, string? CacheKey, Timings Timings, bool IsPublished);

    public Guid Id { get; } = id;
    public CurrentUser User { get; } = user;
    public RegisteredTool Tool { get; } = tool;
    public object Arguments { get; } = arguments;
    public Guid? ProjectId { get; } = projectId;

    /// <summary>What it reads; null on a workspace whose files are still to be looked at.</summary>
    public CommitId? Commit => _state.Commit;

    public Workspace? Workspace { get; } = workspace;
    public int Generation { get; } = generation;
    public LatencyReceipt Clock { get; } = clock;

    /// <summary>The request that asked for it, which may have ended when it ends.</summary>
    public AuditOrigin Origin { get; init; } = new(null, null);

    /// <summary>Where the request that waits for it finds what it waited for.</summary>
    public RequestTrace Trace { get; } = RequestTrace.Current ?? new();

    /// <summary>Where equal calls find the result; null if it must not be shared.</summary>
    public string? CacheKey
    {
        get => _state.CacheKey;
        init => _state = _state with { CacheKey = value };
    }

    /// <summary>Run it even if its result is known.</summary>
    public bool NoCache { get; init; }

    /// <summary>Whether the files of its workspace are to be read before it can run.</summary>
    public bool NeedsSnapshot => Workspace is not null && Commit is null;

    /// <summary>Its row, and whether that is written yet.</summary>
    public required JobRecord Record { get; init; }

    /// <summary>What the receipt has so far: the times before the job was made.</summary>
    public Timings Timings
    {
        get => _state.Timings;
        init => _state = _state with { Timings = value };
    }

    /// <summary>Whether somebody may be following its events: its id is known to more than the call that waits for it.</summary>
    public bool IsPublished => _state.IsPublished;

    public TaskCompletionSource<JobResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationToken Cancelled => _cancellation.Token;
    public string CancelReason => _cancelReason;

    /// <summary>The workspace that it writes to, alone; null if it only reads.</summary>
    public Guid? WritesTo => Tool.Tool.Annotations.ReadOnly ? null : Workspace?.Id;

    /// <summary>Its workspace has been read.</summary>
    public void Prepare(CommitId commit, string? cacheKey, double prepareMs, double cacheMs) =>
        _state = _state with
        {
            Commit = commit,
            CacheKey = NoCache ? null : cacheKey,
            Timings = Timings with { Prepare = Timings.Prepare + prepareMs, Cache = Timings.Cache + cacheMs },
        };

    public void AddPrepareTime(double milliseconds) =>
        _state = _state with { Timings = Timings with { Prepare = Timings.Prepare + milliseconds } };

    /// <summary>Its id becomes known to others: they may follow its events.</summary>
    public void Publish() => _state = _state with { IsPublished = true };

    public void Cancel(string reason)
    {
        _cancelReason = reason;
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in the meantime.
        }
    }

    public void Dispose() => _cancellation.Dispose();
}
