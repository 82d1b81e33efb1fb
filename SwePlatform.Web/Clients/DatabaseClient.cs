using System.Text.Json;

namespace SwePlatform.Web.Clients;

public sealed record DatabaseServer(string Version, DateTimeOffset StartedAt, string Database, long SizeBytes, int MaxConnections);

public sealed record SettingCheck(string Name, string Value, string Intended, bool Matches, bool PendingRestart);

public sealed record PoolUse(int Least, int Most, long Used, long Idle, long Waiting);

public sealed record ConnectionReport(PoolUse Pool, long Total, int Most);

public sealed record BufferHits(double? TableRatio, double? IndexRatio);

public sealed record Statement(
    string QueryId,
    string Query,
    long Calls,
    double MeanMs,
    double MaxMs,
    double TotalMs,
    long Rows,
    double? CacheRatio
);

public sealed record StatementReport(
    bool Available,
    string? Fix,
    DateTimeOffset? Since,
    IReadOnlyList<Statement> SlowestByMean,
    IReadOnlyList<Statement> MostTimeInTotal
);

public sealed record TableFacts(
    string Table,
    long Rows,
    long DeadRows,
    double DeadRatio,
    long TotalBytes,
    long SequentialScans,
    long IndexScans,
    DateTimeOffset? LastAnalyze
);

public sealed record SessionActivity(
    int ProcessId,
    string State,
    string Application,
    string Query,
    double? TransactionSeconds,
    IReadOnlyList<int> BlockedBy
);

public sealed record DatabaseReport(
    DateTimeOffset At,
    DatabaseServer Server,
    IReadOnlyList<SettingCheck> Settings,
    ConnectionReport Connections,
    BufferHits Cache,
    StatementReport Statements,
    IReadOnlyList<TableFacts> Tables,
    IReadOnlyList<SessionActivity> Activity
);

public sealed record QueryEvidence(
    string Query,
    long Calls,
    double MeanMs,
    double TotalMs,
    int Statements,
    double? Cost,
    JsonElement? Plan
);

public sealed record IndexAdvice(
    string Id,
    string Kind,
    string Table,
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
)
{
    /// <summary>Whether applying it makes an index; otherwise it drops one.</summary>
    public bool Builds => Kind is "missing" or "foreign_key";
}

public sealed record IndexChange(
    Guid Id,
    string Kind,
    string Status,
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
    string? Error,
    DateTimeOffset CreatedAt
)
{
    public bool IsBusy => Status is "running" or "undoing";
}

public sealed record IndexReport(DateTimeOffset At, IReadOnlyList<IndexAdvice> Advice, IReadOnlyList<IndexChange> Changes);

/// <summary>What the database tells about itself, and its indexes; for administrators.</summary>
internal sealed class DatabaseClient(ApiConnection api)
{
    public Task<DatabaseReport> ReportAsync(CancellationToken cancellationToken) =>
        api.GetAsync<DatabaseReport>("performance/database", cancellationToken);

    public Task<IndexReport> IndexesAsync(CancellationToken cancellationToken) =>
        api.GetAsync<IndexReport>("performance/database/indexes", cancellationToken);

    public Task<IndexChange> ApplyAsync(string adviceId, CancellationToken cancellationToken) =>
        api.PostAsync<IndexChange>("performance/database/indexes", new { adviceId }, cancellationToken);

    public Task<IndexChange> UndoAsync(Guid id, CancellationToken cancellationToken) =>
        api.DeleteAsync<IndexChange>($"performance/database/indexes/{id}", cancellationToken);
}
