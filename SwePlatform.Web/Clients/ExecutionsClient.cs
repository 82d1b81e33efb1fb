using System.Globalization;
using System.Text.Json;

namespace SwePlatform.Web.Clients;

/// <summary>An execution as a list shows it.</summary>
public sealed record ExecutionSummaryDto(
    Guid Id,
    string ToolName,
    Guid? ProjectId,
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
internal sealed class ExecutionsClient(ApiConnection api)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    public Task<PageDto<ExecutionSummaryDto>> ListAsync(
        string? toolName,
        string? outcome,
        int skip,
        int limit,
        CancellationToken cancellationToken,
        Guid? projectId = null
    )
    {
        var query = new QueryString()
            .Add("skip", skip.ToString(CultureInfo.InvariantCulture))
            .Add("limit", limit.ToString(CultureInfo.InvariantCulture));
        if (projectId is { } project)
        {
            query = query.Add("projectId", project.ToString());
        }
        if (!string.IsNullOrEmpty(toolName))
        {
            query = query.Add("toolName", toolName);
        }
        if (!string.IsNullOrEmpty(outcome))
        {
            query = query.Add("outcome", outcome);
        }
        return api.GetAsync<PageDto<ExecutionSummaryDto>>($"executions{query}", cancellationToken);
    }

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

    /// <summary>Asks for the end of an execution, wherever it runs.</summary>
    public Task CancelAsync(Guid id, CancellationToken cancellationToken) =>
        api.PostAsync<ExecutionDto>($"executions/{id}/cancel", null, cancellationToken);
}
