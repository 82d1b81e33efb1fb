using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Infrastructure.Identity;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// The events of one execution as a stream, for whichever replica is asked. The id of an event is its position, so a
/// caller that comes back with <c>Last-Event-ID</c> gets what it missed. Where Redis has nothing, the database says how
/// it stands.
/// </summary>
internal sealed class ExecutionEventStream(ExecutionReader reader, ExecutionEvents events)
{
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        Guid id,
        CurrentUser user,
        long position,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var more = new SemaphoreSlim(0);
        await using var following = await events.FollowAsync(id, () => more.Release());
        ExecutionStatus? told = null;
        while (true)
        {
            // Asked before the events are read: then those of a finished execution are complete.
            var execution = await reader.VisibleTo(user).FirstAsync(candidate => candidate.Id == id, cancellationToken);
            var fresh = await events.ReadAsync(id, position) ?? [];
            foreach (var item in fresh)
            {
                yield return Item(item.Type, item.Data, ++position);
                if (item.Type == ExecutionEvent.Completed)
                {
                    yield break;
                }
            }
            if (execution.IsFinished)
            {
                yield return Item(ExecutionEvent.Completed, Completed(execution), ++position);
                yield break;
            }
            if (fresh.Count == 0 && position == 0 && told != execution.Status)
            {
                // Not from the list, so it gets no id: the next call begins there.
                told = execution.Status;
                yield return new(JsonSerializer.Serialize(new { status = told }, ToolJson.Options), ExecutionEvent.Status);
            }
            await more.WaitAsync(ExecutionEvents.Poll, cancellationToken);
        }
    }

    private static SseItem<string> Item(string type, string data, long position) =>
        new(data, type) { EventId = position.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private static string Completed(Execution execution) =>
        JsonSerializer.Serialize(
            new
            {
                status = execution.Status,
                success = execution.Status == ExecutionStatus.Succeeded,
                outcome = ExecutionOutcomes.Of(execution.Outcome, execution.Status),
                outcomeText = execution.OutcomeText,
                error = execution.ErrorCode is { } code ? new ToolError(code, execution.ErrorMessage!) : null,
                timings = execution.Timings,
            },
            ToolJson.Options
        );
}
