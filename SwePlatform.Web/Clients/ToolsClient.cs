using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Web.Clients;

public sealed record ToolAnnotationsDto(bool ReadOnly, bool Idempotent, bool Cacheable, bool Sandboxed);

/// <summary>A tool as a list shows it: without its schema, which a list would only carry around.</summary>
public sealed record ToolSummaryDto(
    string Name,
    string Title,
    string Description,
    string Category,
    ToolAnnotationsDto Annotations,
    bool NeedsProject
);

public sealed record ToolDto(
    string Name,
    string Title,
    string Description,
    string Category,
    JsonElement InputSchema,
    ToolAnnotationsDto Annotations,
    double TimeoutSeconds
);

public sealed record ToolRequestDto(string ToolName, Guid? ProjectId, string? Ref, string? Workspace, JsonObject Arguments);

public sealed record ToolErrorDto(string Code, string Message);

/// <summary>The latency receipt, in milliseconds.</summary>
public sealed record ToolTimingsDto(double Queue, double Cache, double Prepare, double Execute, double Serialize, double Total);

/// <param name="Id">Instead of <paramref name="ExecutionId"/>, if the execution goes on without its caller.</param>
public sealed record ToolExecutionDto(
    Guid? Id,
    Guid? ExecutionId,
    bool Success,
    string Status,
    JsonElement? Result,
    ToolErrorDto? Error,
    bool Cached,
    ToolTimingsDto Timings,
    string? Commit
);

/// <summary>The tools and their execution.</summary>
internal sealed class ToolsClient(ApiConnection api, ToolRunConnection runs, ExecutionsClient executions)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private sealed record ToolListDto(IReadOnlyList<ToolSummaryDto> Tools);

    public async Task<IReadOnlyList<ToolSummaryDto>> ListAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<ToolListDto>("tools", cancellationToken)).Tools;

    public Task<ToolDto> GetAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<ToolDto>($"tools/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Runs a tool and waits for its end, however long that takes; cancelling ends it.</summary>
    public async Task<ToolExecutionDto> ExecuteAsync(ToolRequestDto request, CancellationToken cancellationToken)
    {
        var answer = await runs.Api.PostAsync<ToolExecutionDto>("tools/execute", request, cancellationToken);
        if (answer is not { Status: "queued" or "running", Id: { } id })
        {
            return answer;
        }
        try
        {
            while (true)
            {
                await Task.Delay(Poll, cancellationToken);
                var execution = await executions.GetAsync(id, cancellationToken);
                if (execution.Status is not ("queued" or "running"))
                {
                    return new(
                        null,
                        id,
                        execution.Status == "succeeded",
                        execution.Status,
                        execution.Result,
                        execution.Error,
                        execution.Cached,
                        execution.Timings!,
                        execution.Commit
                    );
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await api.PostAsync<ExecutionDto>($"executions/{id}/cancel", null, CancellationToken.None);
            throw;
        }
    }
}
