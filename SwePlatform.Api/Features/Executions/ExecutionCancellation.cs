using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Asks for the end of an execution, on whichever replica it runs.</summary>
internal sealed class ExecutionCancellation(
    ExecutionStore store,
    ExecutionEvents events,
    ExecutionEngine engine,
    ExecutionReader reader,
    AuditTrail audit,
    CurrentUser user
)
{
    /// <returns>Null if there is none that the user may see.</returns>
    public async Task<ExecutionResponse?> RequestAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(id, user, cancellationToken) is not { } execution)
        {
            return null;
        }
        // In the database first: there it is found even if nobody hears the call.
        await store.RequestCancelAsync(id, cancellationToken);
        engine.Cancel(id, "The execution was cancelled.");
        await events.RequestCancelAsync(id);
        await audit.RecordAsync("execution.cancel", id.ToString(), actor: user);
        return await reader.FindAsync(id, user, cancellationToken) ?? execution;
    }
}
