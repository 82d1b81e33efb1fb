using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SwePlatform.Api.Data;
using SwePlatform.Api.Features.Audit;
using SwePlatform.Api.Features.Database.Advice;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Infrastructure.Identity;

namespace SwePlatform.Api.Features.Database.Changes;

/// <param name="Advice">What would help, most valuable first within each kind.</param>
/// <param name="Changes">What was done, newest first.</param>
public sealed record IndexReport(DateTimeOffset At, IReadOnlyList<IndexAdvice> Advice, IReadOnlyList<IndexChangeResponse> Changes);

internal static class IndexChangeEndpoints
{
    private const int ShownChanges = 20;

    public static void MapIndexes(this RouteGroupBuilder database)
    {
        var group = database.MapGroup("/indexes");
        group.MapGet("", AdviseAsync).WithSummary("Indexes that are missing, unused, duplicate or invalid, and what was done about them");
        group.MapPost("", ApplyAsync).WithSummary("Make or drop an index, in the background and while the table is in use");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One change of an index, with the plans before and after");
        group
            .MapDelete("/{id:guid}", UndoAsync)
            .WithSummary("Take a change back: drop the index that it made, or make the one that it dropped");
    }

    private static async Task<Ok<IndexReport>> AdviseAsync(
        MaintenanceDatabase maintenance,
        SweDbContext data,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        // Before the advice: whoever is told that a change is over must not see the advice from before it.
        var changes = await data.Set<IndexChange>()
            .AsNoTracking()
            .OrderByDescending(change => change.Id)
            .Take(ShownChanges)
            .ToListAsync(cancellationToken);
        var made = await data.Set<IndexChange>()
            .Where(change =>
                change.Kind == IndexChangeKind.Create
                && change.Status != IndexChangeStatus.Undone
                && change.CreatedAt > now - IndexAdvisor.LongEnough
            )
            .Select(change => change.IndexName)
            .ToListAsync(cancellationToken);
        await using var connection = await maintenance.OpenToReadAsync(cancellationToken);
        var advice = await IndexAdvisor.ReadAsync(connection, now, cancellationToken);
        // What was built a moment ago has had no time to be used: to advise dropping it would undo the advice before.
        advice.RemoveAll(item => item.Kind == IndexAdviceKind.Unused && made.Contains(item.Index));
        return TypedResults.Ok(new IndexReport(now, advice, changes.ConvertAll(IndexChangeResponse.From)));
    }

    private static async Task<Accepted<IndexChangeResponse>> ApplyAsync(
        IndexChangeRequest request,
        MaintenanceDatabase maintenance,
        SweDbContext data,
        IndexChangeWorker worker,
        CurrentUser user,
        AuditTrail audit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await maintenance.OpenToReadAsync(cancellationToken);
        var change = await IndexChangePlanner.PlanAsync(connection, request, user.Id, time.GetUtcNow(), cancellationToken);
        if (
            await data.Set<IndexChange>()
                .AnyAsync(
                    other =>
                        other.IndexName == change.IndexName
                        && (other.Status == IndexChangeStatus.Running || other.Status == IndexChangeStatus.Undoing),
                    cancellationToken
                )
        )
        {
            throw RequestException.Conflict("This index is being changed already.");
        }
        data.Add(change);
        await data.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(
            "index.apply",
            change.Id.ToString(),
            details: new
            {
                change.Kind,
                change.TableName,
                change.IndexName,
                change.Ddl,
            },
            actor: user
        );
        worker.Wake();
        return Accepted(change);
    }

    private static async Task<Results<Ok<IndexChangeResponse>, NotFound>> GetAsync(
        Guid id,
        SweDbContext data,
        CancellationToken cancellationToken
    ) =>
        await data.Set<IndexChange>().AsNoTracking().FirstOrDefaultAsync(change => change.Id == id, cancellationToken) is { } change
            ? TypedResults.Ok(IndexChangeResponse.From(change))
            : TypedResults.NotFound();

    private static async Task<Results<Accepted<IndexChangeResponse>, NotFound>> UndoAsync(
        Guid id,
        SweDbContext data,
        IndexChangeWorker worker,
        CurrentUser user,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        var begun = await data.Set<IndexChange>()
            .Where(change => change.Id == id && change.Status == IndexChangeStatus.Done)
            .ExecuteUpdateAsync(set => set.SetProperty(change => change.Status, IndexChangeStatus.Undoing), cancellationToken);
        if (await data.Set<IndexChange>().AsNoTracking().FirstOrDefaultAsync(change => change.Id == id, cancellationToken) is not { } found)
        {
            return TypedResults.NotFound();
        }
        if (begun == 0)
        {
            throw RequestException.Conflict($"Only a change that is done can be taken back; this one is {EnumText.Write(found.Status)}.");
        }
        await audit.RecordAsync(
            "index.undo",
            id.ToString(),
            details: new
            {
                found.Kind,
                found.TableName,
                found.IndexName,
                found.UndoDdl,
            },
            actor: user
        );
        worker.Wake();
        return Accepted(found);
    }

    private static Accepted<IndexChangeResponse> Accepted(IndexChange change) =>
        TypedResults.Accepted($"/api/v1/performance/database/indexes/{change.Id}", IndexChangeResponse.From(change));
}
