using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Web.Clients;

public sealed record ToolAnnotations(bool ReadOnly, bool Idempotent, bool Cacheable, bool Sandboxed);

/// <summary>A tool as a list shows it: without its schema, which a list would only carry around.</summary>
public sealed record ToolSummary(
    string Name,
    string Title,
    string Description,
    string Category,
    ToolAnnotations Annotations,
    bool NeedsProject
);

public sealed record Tool(
    string Name,
    string Title,
    string Description,
    string Category,
    JsonElement InputSchema,
    ToolAnnotations Annotations,
    double TimeoutSeconds
);

public sealed record ToolRequest(string ToolName, Guid? ProjectId, string? Ref, string? Workspace, JsonObject Arguments);

public sealed record ToolError(string Code, string Message);

/// <summary>The latency receipt, in milliseconds.</summary>
public sealed record ToolTimings(double Queue, double Cache, double Prepare, double Execute, double Serialize, double Total);

/// <param name="Id">Instead of <paramref name="ExecutionId"/>, if the execution goes on without its caller.</param>
public sealed record ToolExecution(
    Guid? Id,
    Guid? ExecutionId,
    bool Success,
    string Status,
    JsonElement? Result,
    ToolError? Error,
    bool Cached,
    ToolTimings Timings,
    string? Commit
);

/// <summary>The tools and their execution.</summary>
internal sealed class ToolsClient(ApiConnection api, ToolRunConnection runs, ExecutionsClient executions)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private sealed record ToolList(IReadOnlyList<ToolSummary> Tools);

    public async Task<IReadOnlyList<ToolSummary>> ListAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<ToolList>("tools", cancellationToken)).Tools;

    public Task<Tool> GetAsync(string name, CancellationToken cancellationToken) =>
        api.GetAsync<Tool>($"tools/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Runs a tool and waits for its end, however long that takes; cancelling ends it.</summary>
    public async Task<ToolExecution> ExecuteAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var answer = await runs.Api.PostAsync<ToolExecution>("tools/execute", request, cancellationToken);
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
            await api.PostAsync<Execution>($"executions/{id}/cancel", null, CancellationToken.None);
            throw;
        }
    }
}
