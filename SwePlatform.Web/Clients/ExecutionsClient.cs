using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SwePlatform.Web.Clients;

/// <summary>An execution as a list shows it.</summary>
public sealed record ExecutionSummaryDto(
    Guid Id,
    string ToolName,
    string ArgumentsText,
    ExecutionUserDto? User,
    Guid? ProjectId,
    string? ProjectName,
    string? Workspace,
    string Status,
    string Outcome,
    string? OutcomeText,
    bool Cached,
    ToolErrorDto? Error,
    ToolTimingsDto? Timings,
    DateTimeOffset CreatedAt
)
{
    public bool IsUnfinished => Status is "queued" or "running";
}

public sealed record ExecutionUserDto(Guid Id, string DisplayName);

/// <summary>How many runs there were over time, by how they came out.</summary>
public sealed record ExecutionActivityDto(
    DateTimeOffset From,
    DateTimeOffset To,
    double BucketSeconds,
    IReadOnlyList<ExecutionBucketDto> Buckets
);

public sealed record ExecutionBucketDto(DateTimeOffset At, int Passed, int Failed, int Other);

/// <summary>Which executions are meant; what is null or empty means any.</summary>
public sealed record ExecutionQuery(
    string? ToolPrefix = null,
    Guid? ProjectId = null,
    Guid? UserId = null,
    string? Workspace = null,
    string? Outcome = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null
)
{
    /// <summary>As parameters of an address.</summary>
    public QueryString ToQuery()
    {
        var query = new QueryString();
        foreach (
            var (name, value) in new (string, string?)[]
            {
                ("toolPrefix", ToolPrefix),
                ("projectId", ProjectId?.ToString()),
                ("userId", UserId?.ToString()),
                ("workspace", Workspace),
                ("outcome", Outcome),
                ("from", From?.ToString("O", CultureInfo.InvariantCulture)),
                ("to", To?.ToString("O", CultureInfo.InvariantCulture)),
            }
        )
        {
            query = string.IsNullOrEmpty(value) ? query : query.Add(name, value);
        }
        return query;
    }
}

/// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
public sealed record OutputPieceDto(string? Stream, string Text);

/// <summary>One execution; a large result is not in it but behind <paramref name="OutputUrl"/>.</summary>
public sealed record ExecutionDto(
    Guid Id,
    string ToolName,
    Guid? ProjectId,
    string? Commit,
    string? Workspace,
    JsonElement Arguments,
    string Status,
    string Outcome,
    string? OutcomeText,
    bool Cached,
    JsonElement? Result,
    string? OutputUrl,
    ToolErrorDto? Error,
    ToolTimingsDto? Timings,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt
)
{
    public bool IsUnfinished => Status is "queued" or "running";
}

/// <summary>What was run.</summary>
internal sealed class ExecutionsClient(ApiConnection api, ToolRunConnection runs)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    public Task<PageDto<ExecutionSummaryDto>> ListAsync(ExecutionQuery filter, int skip, int limit, CancellationToken cancellationToken)
    {
        var query = filter
            .ToQuery()
            .Add("skip", skip.ToString(CultureInfo.InvariantCulture))
            .Add("limit", limit.ToString(CultureInfo.InvariantCulture));
        return api.GetAsync<PageDto<ExecutionSummaryDto>>($"executions{query}", cancellationToken);
    }

    /// <summary>How many there were when; of the last 24 hours unless the filter has times.</summary>
    public Task<ExecutionActivityDto> CountAsync(ExecutionQuery filter, int buckets, CancellationToken cancellationToken) =>
        api.GetAsync<ExecutionActivityDto>(
            $"executions/activity{filter.ToQuery().Add("buckets", buckets.ToString(CultureInfo.InvariantCulture))}",
            cancellationToken
        );

    public async Task<ExecutionDto> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        var execution = await api.GetAsync<ExecutionDto>($"executions/{id}", cancellationToken);
        return execution is { Result: null, OutputUrl: not null }
            ? execution with
            {
                Result = await api.GetAsync<JsonElement>($"executions/{id}/output", cancellationToken),
            }
            : execution;
    }

    /// <summary>Waits for the end of an execution. Who stops waiting ends nothing.</summary>
    public async Task<ExecutionDto> FollowAsync(Guid id, CancellationToken cancellationToken)
    {
        for (var wait = FirstPoll; ; wait = wait * 2 < LongestPoll ? wait * 2 : LongestPoll)
        {
            await Task.Delay(wait, cancellationToken);
            if (await GetAsync(id, cancellationToken) is { IsUnfinished: false } finished)
            {
                return finished;
            }
        }
    }

    /// <summary>What an execution prints, from its beginning to its end, a moment after it was printed.</summary>
    public async IAsyncEnumerable<OutputPieceDto> ReadOutputAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await runs.Api.OpenAsync($"executions/{id}/events", cancellationToken);
        await answer.EnsureSucceededAsync(cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (
                item.EventType == "output"
                && JsonSerializer.Deserialize<OutputPieceDto>(item.Data, JsonSerializerOptions.Web) is { Text: not null } piece
            )
            {
                yield return piece;
            }
        }
    }

    /// <summary>Asks for the end of an execution, wherever it runs.</summary>
    public Task CancelAsync(Guid id, CancellationToken cancellationToken) =>
        api.PostAsync<ExecutionDto>($"executions/{id}/cancel", null, cancellationToken);
}
