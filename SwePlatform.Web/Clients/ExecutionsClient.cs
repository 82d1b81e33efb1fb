using System.Globalization;
using System.Text.Json;

namespace SwePlatform.Web.Clients;

/// <summary>An execution as a list shows it.</summary>
public sealed record ExecutionSummaryDto(
    Guid Id,
    string ToolName,
    Guid? ProjectId,
    string Status,
    bool Cached,
    ToolErrorDto? Error,
    ToolTimingsDto? Timings,
    DateTimeOffset CreatedAt
);

/// <summary>One execution; a large result is not in it but behind <paramref name="OutputUrl"/>.</summary>
public sealed record ExecutionDto(
    Guid Id,
    string ToolName,
    Guid? ProjectId,
    string? Commit,
    JsonElement Arguments,
    string Status,
    bool Cached,
    JsonElement? Result,
    string? OutputUrl,
    ToolErrorDto? Error,
    ToolTimingsDto? Timings,
    DateTimeOffset CreatedAt
);

/// <summary>What was run.</summary>
internal sealed class ExecutionsClient(ApiConnection api)
{
    public Task<PageDto<ExecutionSummaryDto>> ListAsync(
        string? toolName,
        string? status,
        int skip,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryString()
            .Add("skip", skip.ToString(CultureInfo.InvariantCulture))
            .Add("limit", limit.ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(toolName))
        {
            query = query.Add("toolName", toolName);
        }
        if (!string.IsNullOrEmpty(status))
        {
            query = query.Add("status", status);
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
}
