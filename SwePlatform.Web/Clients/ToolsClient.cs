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
/// <param name="Outcome">How it came out, for people: <paramref name="Success"/> only says whether there is a result.</param>
public sealed record ToolExecutionDto(
    Guid? Id,
    Guid? ExecutionId,
    bool Success,
    string Status,
    string Outcome,
    string? OutcomeText,
    JsonElement? Result,
    ToolErrorDto? Error,
    bool Cached,
    ToolTimingsDto? Timings,
    string? Commit
)
{
    public bool IsUnfinished => Status is "queued" or "running";

    public static ToolExecutionDto From(ExecutionDto execution) =>
        new(
            null,
            execution.Id,
            execution.Status == "succeeded",
            execution.Status,
            execution.Outcome,
            execution.OutcomeText,
            execution.Result,
            execution.Error,
            execution.Cached,
            execution.Timings,
            execution.Commit
        );
}

/// <summary>The tools and their execution.</summary>
internal sealed class ToolsClient(ApiConnection api, ToolRunConnection runs)
{
    private sealed record ToolListDto(IReadOnlyList<ToolSummaryDto> Tools);

    public async Task<IReadOnlyList<ToolSummaryDto>> ListAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<ToolListDto>("tools", cancellationToken)).Tools;

    public Task<ToolDto> GetAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<ToolDto>($"tools/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>
    /// Starts a tool. What it answers is finished only if the result was known; otherwise it goes on by itself, whatever becomes of
    /// the page that asked, until its end or <see cref="ExecutionsClient.CancelAsync"/>.
    /// </summary>
    public Task<ToolExecutionDto> StartAsync(ToolRequestDto request) => runs.Api.StartAsync<ToolExecutionDto>("tools/execute", request);
}
