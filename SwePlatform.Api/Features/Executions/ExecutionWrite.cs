using System.Text;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Repositories.Git;

namespace SwePlatform.Api.Features.Executions;

/// <summary>How an execution that has a row already came to its end.</summary>
/// <param name="Owner">The replica that holds it: one that was believed dead, and comes back, changes nothing.</param>
internal sealed record ExecutionEnd(
    Guid Id,
    Guid Owner,
    int Generation,
    ToolOutcome Outcome,
    Timings Timings,
    bool Cached,
    CommitId? Commit,
    DateTimeOffset FinishedAt
)
{
    private bool IsLarge => Outcome.Result?.Length > Execution.MaxInlineBytes;

    public string? Result => IsLarge || Outcome.Result is null ? null : Encoding.UTF8.GetString(Outcome.Result);

    public byte[]? Packed => IsLarge ? Outcome.Packed : null;
}

/// <summary>What is to be durable of an execution, all of it or nothing.</summary>
internal sealed class ExecutionWrite
{
    private ExecutionWrite(Guid id) => Id = id;

    public Guid Id { get; }

    /// <summary>A new row; null if it has one.</summary>
    public Execution? Row { get; private init; }

    /// <summary>Its end, if it has a row.</summary>
    public ExecutionEnd? End { get; private init; }

    /// <summary>A result that is too large for the row.</summary>
    public byte[]? Output { get; private init; }

    /// <summary>The entry that tells of its end.</summary>
    public AuditEntry? Audit { get; private init; }

    public IdempotencyKey? Key { get; private init; }

    /// <summary>Set by the writer: another replica has taken it over, and nothing was written.</summary>
    public bool Superseded { get; set; }

    /// <summary>Whether one statement does it.</summary>
    public bool IsRowOnly => Row is not null && Audit is null && Output is null && Key is null;

    public static ExecutionWrite Begin(Execution row, IdempotencyKey? key) => new(row.Id) { Row = row, Key = key };

    /// <summary>A row that is finished as it is made.</summary>
    public static ExecutionWrite Whole(Execution row, ToolOutcome outcome, IdempotencyKey? key, AuditEntry audit)
    {
        row.Status = outcome.Status;
        (row.Outcome, row.OutcomeText) = (outcome.Outcome, outcome.Text);
        (row.ErrorCode, row.ErrorMessage) = (outcome.Error?.Code, outcome.Error?.Message);
        row.ResultBytes = outcome.Result?.Length;
        var isLarge = outcome.Result?.Length > Execution.MaxInlineBytes;
        row.Result = isLarge || outcome.Result is null ? null : Encoding.UTF8.GetString(outcome.Result);
        return new(row.Id)
        {
            Row = row,
            Key = key,
            Output = isLarge ? outcome.Packed : null,
            Audit = audit,
        };
    }

    public static ExecutionWrite Finish(ExecutionEnd end, AuditEntry audit) =>
        new(end.Id)
        {
            End = end,
            Output = end.Packed,
            Audit = audit,
        };
}
