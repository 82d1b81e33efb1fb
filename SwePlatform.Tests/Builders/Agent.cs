using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;
using McpTool = ModelContextProtocol.Protocol.Tool;

namespace SwePlatform.Tests.Builders;

/// <summary>A coding agent: the official client of MCP, with a user's session or an API key.</summary>
internal sealed class Agent(McpClient mcp) : IAsyncDisposable
{
    /// <summary>The last version of the protocol that cancels by a message of its own.</summary>
    public const string Handshake = "2025-11-25";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public McpClient Mcp { get; } = mcp;

    public static Task<Agent> ConnectAsync(ApiClient client, string path = "/mcp", string? version = null) =>
        ConnectAsync(
            client.Http.BaseAddress!,
            path,
            new() { ["Authorization"] = client.Http.DefaultRequestHeaders.Authorization!.ToString() },
            version
        );

    public static async Task<Agent> ConnectAsync(Uri address, string path, Dictionary<string, string> headers, string? version = null) =>
        new(
            await McpClient.CreateAsync(
                new HttpClientTransport(
                    new()
                    {
                        Endpoint = new Uri(address, path),
                        AdditionalHeaders = headers,
                        TransportMode = HttpTransportMode.StreamableHttp,
                    }
                ),
                new() { ProtocolVersion = version },
                cancellationToken: Cancel
            )
        );

    public async Task<IReadOnlyList<McpTool>> ListAsync() =>
        [.. (await Mcp.ListToolsAsync(cancellationToken: Cancel)).Select(tool => tool.ProtocolTool)];

    /// <summary>Calls a tool that is expected to succeed.</summary>
    public async Task<JsonNode> CallAsync(string name, object? arguments = null)
    {
        var answer = await SendAsync(name, arguments);
        Text(answer, isError: false);
        return JsonSerializer.SerializeToNode(answer.StructuredContent)!;
    }

    /// <summary>Calls a tool that is expected to succeed, and returns what is there to read.</summary>
    public async Task<string> ReadAsync(string name, object? arguments = null) => Text(await SendAsync(name, arguments), isError: false);

    /// <summary>Calls a tool that is expected to fail, and returns what it says.</summary>
    public async Task<string> FailAsync(string name, object? arguments = null) => Text(await SendAsync(name, arguments), isError: true);

    public async Task<CallToolResult> SendAsync(string name, object? arguments = null) =>
        await Mcp.CallToolAsync(name, Members(arguments), cancellationToken: Cancel);

    public ValueTask DisposeAsync() => Mcp.DisposeAsync();

    private static Dictionary<string, object?> Members(object? arguments) =>
        JsonSerializer
            .SerializeToNode(arguments ?? new { })!
            .AsObject()
            .ToDictionary(member => member.Key, member => (object?)member.Value);

    private static string Text(CallToolResult answer, bool isError)
    {
        var text = ((TextContentBlock)answer.Content[0]).Text;
        Assert.True(isError == (answer.IsError is true), text);
        return text;
    }
}
