using ModelContextProtocol.Protocol;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Which project a tool of the platform itself is about.</summary>
internal enum PlatformTarget
{
    /// <summary>None.</summary>
    Nothing,

    /// <summary>One that the agent names, unless the endpoint is bound to one.</summary>
    Project,

    /// <summary>All of them, or one that an agent which is bound to another has no business with.</summary>
    AllProjects,
}

/// <summary>A tool that MCP offers beside those of the toolbox: what HTTP has endpoints for.</summary>
/// <param name="Arguments">As <see cref="McpSchema.Of"/> takes them, without the project.</param>
internal sealed record PlatformTool(
    string Name,
    string Description,
    PlatformTarget Target,
    string[] Arguments,
    ToolAnnotations? Annotations,
    Func<IServiceProvider, McpArguments, CancellationToken, Task<CallToolResult>> RunAsync
)
{
    public static readonly ToolAnnotations Reads = new() { ReadOnlyHint = true };

    /// <summary>The protocol takes a tool that says nothing for one that destroys, and clients ask people before they call it.</summary>
    public static ToolAnnotations? Writes => null;

    public bool IsReadOnly => Annotations?.ReadOnlyHint == true;

    public bool IsOfferedTo(Guid? boundProject) => boundProject is null || Target != PlatformTarget.AllProjects;

    public Tool Describe(Guid? boundProject) =>
        new()
        {
            Name = Name,
            Description = Description,
            InputSchema = McpSchema.Of(
                Target == PlatformTarget.Project && boundProject is null ? [$"?{McpTools.Project}", .. Arguments] : Arguments
            ),
            OutputSchema = McpSchema.AnyObject,
            Annotations = Annotations,
        };
}

internal static class PlatformTools
{
    /// <summary>What <see cref="ExecutionTools.Output"/> was called before.</summary>
    private const string OldOutput = "results_read";

    public static IReadOnlyList<PlatformTool> All { get; } =
    [.. ProjectTools.All, .. WorkspaceTools.All, .. ExecutionTools.All, .. SearchTools.All];

    private static readonly Dictionary<string, PlatformTool> ByName = All.ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    /// <summary>The tool of that name, with a dot or without.</summary>
    public static PlatformTool? Find(string name) =>
        ByName.GetValueOrDefault(McpNames.Of(name) == OldOutput ? ExecutionTools.Output : McpNames.Of(name));
}
