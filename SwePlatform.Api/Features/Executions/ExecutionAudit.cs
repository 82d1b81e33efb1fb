using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Executions;

/// <summary>The entry in the audit log that each execution has, however it ended.</summary>
internal static class ExecutionAudit
{
    public const string EventType = "tool.execute";

    public static AuditEntry Entry(AuditTrail trail, Job job, JobResult result) =>
        Entry(
            trail,
            job.Id,
            job.Tool.Tool.Name,
            job.ProjectId,
            result.Commit?.Commit,
            job.Workspace?.Name,
            result.Outcome,
            result.Cached,
            job.User,
            job.Origin
        );

    public static AuditEntry Entry(AuditTrail trail, Execution execution, ToolOutcome outcome, CurrentUser user, AuditOrigin origin) =>
        Entry(
            trail,
            execution.Id,
            execution.ToolName,
            execution.ProjectId,
            execution.Commit,
            execution.Workspace,
            outcome,
            execution.Cached,
            user,
            origin
        );

    private static AuditEntry Entry(
        AuditTrail trail,
        Guid id,
        string tool,
        Guid? projectId,
        string? commit,
        string? workspace,
        ToolOutcome outcome,
        bool cached,
        CurrentUser user,
        AuditOrigin origin
    ) =>
        trail.NewEntry(
            EventType,
            id.ToString(),
            outcome.Success ? AuditOutcome.Success : AuditOutcome.Failure,
            new
            {
                tool,
                projectId,
                commit,
                workspace,
                status = outcome.Status,
                cached = cached ? true : (bool?)null,
            },
            user,
            origin
        );
}
