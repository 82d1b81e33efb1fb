using SwePlatform.Api.Infrastructure.Errors;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// Which tools a connection wants, as its address or its headers say: <c>/mcp?tools=code,files&amp;readonly=true</c>, or
/// <c>X-MCP-Toolsets</c> and <c>X-MCP-Readonly</c>. Those that are not wanted are not listed, and not run either.
/// </summary>
internal sealed class ToolSelection(IHttpContextAccessor http)
{
    public const string ToolsetsHeader = "X-MCP-Toolsets";
    public const string ReadonlyHeader = "X-MCP-Readonly";

    private const int MaxNames = 200;

    private readonly Lazy<IReadOnlyList<HashSet<string>>> _wanted = new(() => Read(http.HttpContext));

    public bool IsReadonly { get; } =
        IsSet(http.HttpContext?.Request.Headers[ReadonlyHeader].ToString())
        || IsSet(http.HttpContext?.Request.Query["readonly"].ToString());

    // What was cut is read on with it, whichever tool it came from; what is searched and called by others is what was selected.
    private static readonly string[] Always = [ExecutionTools.Output, .. SearchTools.All.Select(tool => tool.Name)];

    /// <summary>Whether a tool is wanted.</summary>
    /// <param name="mcpName">Its name as agents get it.</param>
    public bool Has(string mcpName, bool readOnly) =>
        Always.Contains(mcpName)
        || ((readOnly || !IsReadonly) && _wanted.Value.All(names => names.Contains(mcpName) || names.Contains(Toolset(mcpName))));

    /// <exception cref="RequestException">It is not wanted.</exception>
    public void Check(string mcpName, bool readOnly)
    {
        if (!readOnly && IsReadonly)
        {
            throw new RequestException(
                StatusCodes.Status403Forbidden,
                $"This connection is read-only, and {mcpName} may change something."
            );
        }
        if (!Has(mcpName, readOnly))
        {
            throw new RequestException(StatusCodes.Status403Forbidden, $"{mcpName} is not among the tools that this connection selected.");
        }
    }

    /// <summary>The names of what is wanted that is neither a toolset nor a tool.</summary>
    public IReadOnlyList<string> Unknown(IReadOnlyCollection<string> mcpNames)
    {
        var known = mcpNames.Select(Toolset).Concat(mcpNames).ToHashSet(StringComparer.Ordinal);
        return [.. _wanted.Value.SelectMany(names => names).Where(name => !known.Contains(name)).Distinct().Take(5)];
    }

    /// <summary>What is before the first underscore: a category of built-in tools, or the name of an import.</summary>
    public static string Toolset(string mcpName) =>
        mcpName.IndexOf('_', StringComparison.Ordinal) is > 0 and var at ? mcpName[..at] : mcpName;

    // If the address and the header both name some, a tool has to be among either.
    private static List<HashSet<string>> Read(HttpContext? context) =>
        context is null
            ? []
            :
            [
                .. new[] { context.Request.Query["tools"].ToString(), context.Request.Headers[ToolsetsHeader].ToString() }
                    .Select(Names)
                    .Where(names => names.Count > 0 && !names.Contains("all")),
            ];

    private static HashSet<string> Names(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Take(MaxNames)
            .Select(McpNames.Of)
            .ToHashSet(StringComparer.Ordinal);

    private static bool IsSet(string? value) => value is "true" or "1" or "True" or "TRUE";
}
