using System.Text.Json;

namespace SwePlatform.Api.Features.Audit;

/// <summary>One entry of the audit log.</summary>
public sealed record AuditEntryResponse(
    Guid Id,
    long Sequence,
    DateTimeOffset Timestamp,
    Guid? ActorId,
    string? Actor,
    string EventType,
    string? Resource,
    AuditOutcome Outcome,
    string? RequestId,
    string? ClientAddress,
    JsonElement? Details,
    string Hash
)
{
    internal static readonly Func<AuditEntry, AuditEntryResponse> FromEntry = entry =>
        new(
            entry.Id,
            entry.Sequence,
            entry.Timestamp,
            entry.ActorId,
            entry.Actor,
            entry.EventType,
            entry.Resource,
            entry.Outcome,
            entry.RequestId,
            entry.ClientAddress,
            entry.Details is null ? null : JsonElement.Parse(entry.Details),
            Convert.ToHexStringLower(entry.Hash)
        );
}

/// <summary>How many entries of one type ended one way on one day (UTC).</summary>
public sealed record AuditCount(DateOnly Day, string EventType, AuditOutcome Outcome, long Count);

/// <summary>The audit log of the last days in numbers.</summary>
public sealed record AuditSummary(int Days, DateTimeOffset From, long Total, IReadOnlyList<AuditCount> Counts);

/// <summary>Whether the chain of hashes is whole, and each execution that ended has its entry.</summary>
/// <param name="BrokenAtSequence">The first entry at which the chain breaks.</param>
/// <param name="UnauditedExecutions">How many executions ended without an entry, since the oldest entry that is kept.</param>
/// <param name="FirstUnauditedExecution">The oldest of these.</param>
public sealed record AuditVerification(
    bool Valid,
    long EntriesChecked,
    long? BrokenAtSequence,
    string? Problem,
    long UnauditedExecutions = 0,
    Guid? FirstUnauditedExecution = null
);

/// <summary>Which entries are listed; what is absent does not narrow them.</summary>
public sealed record AuditFilter(Guid? UserId = null, string? EventType = null, DateTimeOffset? From = null, DateTimeOffset? To = null);
