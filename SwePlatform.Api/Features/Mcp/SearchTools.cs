using ModelContextProtocol.Protocol;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>Two tools that stand for all that are too many to be listed.</summary>
internal sealed class SearchTools(McpTools tools)
{
    public const string Call = "tools_call";

    private const string Search = "tools_search";
    private const int MaxQuery = 500;

    public static IReadOnlyList<PlatformTool> All { get; } =
    [
        new(
            Search,
            "Finds tools by what they do: imported APIs have more than are listed.",
            PlatformTarget.Nothing,
            ["query"],
            PlatformTool.Reads,
            (services, arguments, token) => services.GetRequiredService<SearchTools>().SearchAsync(arguments, token)
        ),
        new(
            Call,
            "Runs a tool that tools_search found.",
            PlatformTarget.Nothing,
            ["name", "arguments:object"],
            PlatformTool.Writes,
            // It is run as if it had been called by its own name.
            (_, _, _) => throw new NotSupportedException()
        ),
    ];

    private async Task<CallToolResult> SearchAsync(McpArguments arguments, CancellationToken cancellationToken)
    {
        var query = arguments.Required("query");
        var skip = arguments.Skip();
        arguments.End();
        query = query.Length > MaxQuery ? query[..MaxQuery] : query;
        var selected = await tools.SelectAsync(cancellationToken);
        var listing = await Task.Run(() => ToolSearch.Find(query, selected), cancellationToken);
        return McpAnswer.Page(listing, skip, arguments.MaxTokens, from => (Search, new { query, skip = from }));
    }
}
