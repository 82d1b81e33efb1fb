using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Web.Clients;

public sealed record ToolAnnotations(bool ReadOnly, bool Idempotent, bool Cacheable, bool Sandboxed);

/// <summary>A tool as a list shows it: without its schema, which a list would only carry around.</summary>
public sealed record ToolSummary(
    string Name, string Title, string Description, string Category, ToolAnnotations Annotations);

public sealed record Tool(
    string Name,
    string Title,
    string Description,
    string Category,
    JsonElement InputSchema,
    ToolAnnotations Annotations,
    double TimeoutSeconds);

public sealed record ToolRequest(string ToolName, Guid? ProjectId, string? Ref, JsonObject Arguments);

public sealed record ToolError(string Code, string Message);

/// <summary>The latency receipt, in milliseconds.</summary>
public sealed record ToolTimings(
    double Queue, double Cache, double Prepare, double Execute, double Serialize, double Total);

public sealed record ToolExecution(
    Guid? ExecutionId,
    bool Success,
    string Status,
    JsonElement? Result,
    ToolError? Error,
    bool Cached,
    ToolTimings Timings,
    string? Commit);

/// <summary>The tools and their execution.</summary>
internal sealed class ToolsClient(ApiConnection api, ToolRunConnection runs)
{
    private sealed record ToolList(IReadOnlyList<ToolSummary> Tools);

    public async Task<IReadOnlyList<ToolSummary>> ListAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<ToolList>("tools", cancellationToken)).Tools;

    public Task<Tool> GetAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<Tool>($"tools/{Uri.EscapeDataString(name)}", cancellationToken);

    public Task<ToolExecution> ExecuteAsync(ToolRequest request, CancellationToken cancellationToken) =>
        runs.Api.PostAsync<ToolExecution>("tools/execute", request, cancellationToken);
}
