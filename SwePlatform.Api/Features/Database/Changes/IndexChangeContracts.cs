using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace SwePlatform.Api.Features.Database.Changes;

/// <summary>An advice to apply, or a table and the columns of a new index, or an index to drop: one of the three.</summary>
/// <param name="AdviceId">The id of an advice.</param>
/// <param name="Table">Schema and name of the table that gets an index, such as <c>public.projects</c>.</param>
/// <param name="Columns">The columns of the new index, in their order.</param>
/// <param name="Drop">Schema and name of the index to drop.</param>
public sealed record IndexChangeRequest(
    [StringLength(64)] string? AdviceId = null,
    [StringLength(130)] string? Table = null,
    [MinLength(1), MaxLength(5)] IReadOnlyList<string>? Columns = null,
    [StringLength(130)] string? Drop = null
);

/// <param name="CostBefore">The planner's estimate for the query without the change.</param>
/// <param name="CostAfter">And with it; null until it is done.</param>
/// <param name="Gain">By which part the estimate fell: 0.9 is a tenth of before.</param>
/// <param name="Error">Why it failed.</param>
public sealed record IndexChangeResponse(
    Guid Id,
    Guid UserId,
    IndexChangeKind Kind,
    IndexChangeStatus Status,
    string Table,
    string Index,
    string Ddl,
    string UndoDdl,
    string Reason,
    string? Query,
    double? CostBefore,
    double? CostAfter,
    double? Gain,
    JsonElement? PlanBefore,
    JsonElement? PlanAfter,
    long? IndexBytes,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt
)
{
    internal static IndexChangeResponse From(IndexChange change) =>
        new(
            change.Id,
            change.UserId,
            change.Kind,
            change.Status,
            change.TableName,
            change.IndexName,
            change.Ddl,
            change.UndoDdl,
            change.Reason,
            change.Query,
            change.CostBefore,
            change.CostAfter,
            change is { CostBefore: > 0 and var before, CostAfter: { } after } ? Math.Round(1 - after / before, 4) : null,
            Parse(change.PlanBefore),
            Parse(change.PlanAfter),
            change.IndexBytes,
            change.Error,
            change.CreatedAt,
            change.FinishedAt
        );

    private static JsonElement? Parse(string? plan) => plan is null ? null : JsonElement.Parse(plan);
}

public sealed record IndexChangeList(IReadOnlyList<IndexChangeResponse> Items);
