using System.Text.Json;

namespace SwePlatform.Api.Features.Database.Advice;

public enum IndexAdviceKind
{
    Missing,
    ForeignKey,
    Unused,
    Duplicate,
    Invalid,
}

/// <summary>The query that an index would have helped, and what it costs without.</summary>
/// <param name="Statements">How many different statements would gain.</param>
/// <param name="Cost">The planner's estimate for it now, in its own unit.</param>
public sealed record QueryEvidence(
    string? QueryId,
    string Query,
    long Calls,
    double MeanMs,
    double TotalMs,
    int Statements,
    double? Cost,
    JsonElement? Plan
);

/// <summary>An index to make or to drop, with the reason and how to take it back.</summary>
/// <param name="Id">Stays the same for the same advice; to be given when it is applied.</param>
/// <param name="Table">Schema and name.</param>
/// <param name="Index">The index it is about; for one to be made, its name.</param>
/// <param name="IndexBytes">Size of the index, if there is one.</param>
/// <param name="Caveat">What speaks against it.</param>
/// <param name="Applicable">Whether this server can apply it while the table is in use.</param>
/// <param name="Ddl">What applying it runs.</param>
/// <param name="Undo">What takes it back.</param>
public sealed record IndexAdvice(
    string Id,
    IndexAdviceKind Kind,
    string Table,
    IReadOnlyList<string> Columns,
    string Index,
    long TableBytes,
    long Rows,
    long? IndexBytes,
    string Reason,
    string? Caveat,
    bool Applicable,
    string Ddl,
    string Undo,
    QueryEvidence? Evidence
);
