using SwePlatform.Api.Features.Executions;
using SwePlatform.Api.Features.Idempotency;
using SwePlatform.Api.Infrastructure.Errors;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>A call as HTTP would make it.</summary>
/// <param name="Project">The project as the agent named it.</param>
internal sealed record McpRequest(ExecuteToolRequest Request, ITool Tool, string? Project);

/// <summary>Makes calls of what agents pass: what a tool works on is among its arguments there.</summary>
internal sealed class McpRequests(McpTools tools, ToolCalls calls, WorkspaceTools workspaces)
{
    /// <exception cref="RequestException">There is no such tool, or no such project.</exception>
    public async Task<McpRequest> ReadAsync(string name, McpArguments arguments, CancellationToken cancellationToken)
    {
        var tool = await tools.FindAsync(name, cancellationToken);
        // An imported operation may have an argument of that name for itself.
        if (tool.NeedsProject || !McpSchema.Has(tool.InputSchema, McpArguments.Budget))
        {
            arguments.TakeBudget();
        }
        if (!tool.NeedsProject)
        {
            return new(new(tool.Name, Arguments: arguments.Rest), tool, null);
        }
        var project = tools.BoundProject is null ? arguments.Text(McpTools.Project) : null;
        var id = await tools.FindProjectAsync(project, cancellationToken);
        var (at, workspace) = (arguments.Text(McpTools.Ref), arguments.Text(McpTools.Workspace));
        return new(new(tool.Name, id, at, workspace, arguments.Rest), tool, project);
    }

    /// <exception cref="RequestException">The call cannot be run; says why, and how to get what it lacks.</exception>
    public async Task<ToolCall> AcceptAsync(
        McpRequest call,
        bool recordFirst,
        IdempotencyKey? key,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await calls.AcceptAsync(call.Request, noCache: false, recordFirst, key, id, cancellationToken);
        }
        catch (RequestException problem) when (problem.Errors?.ContainsKey(McpTools.Workspace) == true)
        {
            var offer = await workspaces.OfferAsync(call.Request.ProjectId!.Value, call.Project, call.Request.Workspace, cancellationToken);
            throw RequestException.Invalid(McpTools.Workspace, offer);
        }
    }
}
