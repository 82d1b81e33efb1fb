using System.Text;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Executions;

/// <summary>Reads executions for those who may see them.</summary>
internal sealed class ExecutionReader(SweDbContext data, ExecutionEvents events, TimeProvider time)
{
    public IQueryable<Execution> VisibleTo(CurrentUser user) =>
        user.IsAdmin ? data.Executions.AsNoTracking() : data.Executions.AsNoTracking().Where(execution => execution.UserId == user.Id);

    public async Task<ExecutionResponse?> FindAsync(Guid id, CurrentUser user, CancellationToken cancellationToken) =>
        await VisibleTo(user).FirstOrDefaultAsync(execution => execution.Id == id, cancellationToken) is { } found
            ? ExecutionResponse.From(found)
            : null;

    /// <summary>The whole result of an execution as JSON in UTF-8, wherever it is stored.</summary>
    public async Task<byte[]?> FindResultAsync(Guid id, CurrentUser user, CancellationToken cancellationToken)
    {
        var found = await VisibleTo(user)
            .Where(execution => execution.Id == id)
            .Select(execution => new
            {
                execution.Result,
                Output = data.Set<ExecutionOutput>()
                    .Where(stored => stored.ExecutionId == id)
                    .Select(stored => stored.Content)
                    .FirstOrDefault(),
            })
            .FirstOrDefaultAsync(cancellationToken);
        return found?.Result is { } result ? Encoding.UTF8.GetBytes(result)
            : found?.Output is { } output ? PackedJson.Unpack(output)
            : null;
    }

    /// <summary>Waits for the end of an execution, which may run on any replica; null if it takes longer.</summary>
    public async Task<ExecuteToolResponse?> WaitAsync(Guid id, CurrentUser user, TimeSpan wait, CancellationToken cancellationToken)
    {
        var giveUp = time.GetUtcNow() + wait;
        using var changed = new SemaphoreSlim(0);
        await using var following = await events.FollowAsync(id, () => changed.Release());
        while (true)
        {
            var execution = await VisibleTo(user).FirstAsync(candidate => candidate.Id == id, cancellationToken);
            if (execution.IsFinished)
            {
                var result = await FindResultAsync(id, user, cancellationToken);
                return new(
                    id,
                    execution.Status == ExecutionStatus.Succeeded,
                    execution.Status,
                    ExecutionOutcomes.Of(execution.Outcome, execution.Status),
                    execution.OutcomeText,
                    RawJson.From(result),
                    execution.ErrorCode is { } code ? new(code, execution.ErrorMessage!) : null,
                    execution.Cached,
                    execution.Commit,
                    execution.Timings
                );
            }
            var left = giveUp - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return null;
            }
            await changed.WaitAsync(left < ExecutionEvents.Poll ? left : ExecutionEvents.Poll, cancellationToken);
        }
    }
}
