using System.Text.Json;

namespace SwePlatform.Web.Clients;

public sealed record DatabaseServerDto(string Version, DateTimeOffset StartedAt, string Database, long SizeBytes, int MaxConnections);

public sealed record SettingCheckDto(string Name, string Value, string Intended, bool Matches, bool PendingRestart);

public sealed record PoolUseDto(int Least, int Most, long Used, long Idle, long Waiting);

public sealed record ConnectionReportDto(PoolUseDto Pool, long Total, int Most);

public sealed record BufferHitsDto(double? TableRatio, double? IndexRatio);

public sealed record StatementDto(
    string QueryId,
    string Query,
    long Calls,
    double MeanMs,
    double MaxMs,
    double TotalMs,
    long Rows,
    double? CacheRatio
);

public sealed record StatementReportDto(
    bool Available,
    string? Fix,
    DateTimeOffset? Since,
    IReadOnlyList<StatementDto> SlowestByMean,
    IReadOnlyList<StatementDto> MostTimeInTotal
);

public sealed record TableFactsDto(
    string Table,
    long Rows,
    long DeadRows,
    double DeadRatio,
    long TotalBytes,
    long SequentialScans,
    long IndexScans,
    DateTimeOffset? LastAnalyze
);

public sealed record SessionActivityDto(
    int ProcessId,
    string State,
    string Application,
    string Query,
    double? TransactionSeconds,
    IReadOnlyList<int> BlockedBy
);

public sealed record DatabaseReportDto(
    DateTimeOffset At,
    DatabaseServerDto Server,
    IReadOnlyList<SettingCheckDto> Settings,
    ConnectionReportDto Connections,
    BufferHitsDto Cache,
    StatementReportDto Statements,
    IReadOnlyList<TableFactsDto> Tables,
    IReadOnlyList<SessionActivityDto> Activity
);

public sealed record QueryEvidenceDto(
    string Query,
    long Calls,
    double MeanMs,
    double TotalMs,
    int Statements,
    double? Cost,
    JsonElement? Plan
);

public sealed record IndexAdviceDto(
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
    QueryEvidenceDto? Evidence
)
{
    /// <summary>Whether applying it makes an index; otherwise it drops one.</summary>
    public bool Builds => Kind is "missing" or "foreign_key";
}

public sealed record IndexChangeDto(
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

public sealed record IndexReportDto(DateTimeOffset At, IReadOnlyList<IndexAdviceDto> Advice, IReadOnlyList<IndexChangeDto> Changes);

/// <summary>What the database tells about itself, and its indexes; for administrators.</summary>
internal sealed class DatabaseClient(ApiConnection api)
{
    public Task<DatabaseReportDto> ReportAsync(CancellationToken cancellationToken) =>
        api.GetAsync<DatabaseReportDto>("performance/database", cancellationToken);

    public Task<IndexReportDto> IndexesAsync(CancellationToken cancellationToken) =>
        api.GetAsync<IndexReportDto>("performance/database/indexes", cancellationToken);

    public Task<IndexChangeDto> ApplyAsync(string adviceId, CancellationToken cancellationToken) =>
        api.PostAsync<IndexChangeDto>("performance/database/indexes", new { adviceId }, cancellationToken);

    public Task<IndexChangeDto> UndoAsync(Guid id, CancellationToken cancellationToken) =>
        api.DeleteAsync<IndexChangeDto>($"performance/database/indexes/{id}", cancellationToken);
}
