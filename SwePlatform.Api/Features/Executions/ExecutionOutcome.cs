namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// How an execution came out, for people: the status says whether the tool gave a result, and this whether the result is a good one.
/// </summary>
public enum ExecutionOutcome
{
    Queued,
    Running,
    Passed,

    /// <summary>There is a result, and it is a bad one: tests failed, a build has errors, a program's exit code is not 0.</summary>
    Failed,

    /// <summary>There is no result.</summary>
    Error,
    Cancelled,
    TimedOut,
}

internal static class ExecutionOutcomes
{
    /// <summary>The outcome that is recorded, or what the status says by itself: of what has not ended, or did so before outcomes were
    /// recorded.</summary>
    public static ExecutionOutcome Of(ExecutionOutcome? recorded, ExecutionStatus status) =>
        recorded
        ?? status switch
        {
            ExecutionStatus.Queued => ExecutionOutcome.Queued,
            ExecutionStatus.Running => ExecutionOutcome.Running,
            ExecutionStatus.Succeeded => ExecutionOutcome.Passed,
            ExecutionStatus.Failed => ExecutionOutcome.Error,
            ExecutionStatus.Cancelled => ExecutionOutcome.Cancelled,
            _ => ExecutionOutcome.TimedOut,
        };

    /// <summary>Those that <see cref="Of"/> says one of these of.</summary>
    public static IQueryable<Execution> WithOutcomes(this IQueryable<Execution> executions, ExecutionOutcome[] outcomes)
    {
        ExecutionOutcome?[] recorded = [.. outcomes];
        ExecutionStatus[] statuses = [.. Enum.GetValues<ExecutionStatus>().Where(status => outcomes.Contains(Of(null, status)))];
        return executions.Where(execution =>
            recorded.Contains(execution.Outcome) || (execution.Outcome == null && statuses.Contains(execution.Status))
        );
    }
}
