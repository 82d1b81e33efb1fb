using System.Text.Json;
using SwePlatform.Api.Toolbox;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// Tells a client that speaks no version of the protocol which this server speaks, all of them: the library names only those that
/// need no handshake.
/// </summary>
internal static class ProtocolVersions
{
    private const string Header = "MCP-Protocol-Version";
    private const int Unsupported = -32022;

    private static readonly string[] Supported = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

    /// <returns>Whether the request was answered.</returns>
    public static async Task<bool> RefuseAsync(HttpContext http)
    {
        var requested = http.Request.Headers[Header].ToString();
        if (requested.Length == 0 || Supported.Contains(requested))
        {
            return false;
        }
        requested = requested.Length > 40 ? requested[..40] : requested;
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        await http.Response.WriteAsJsonAsync(
            new
            {
                jsonrpc = "2.0",
                id = await ReadIdAsync(http),
                error = new
                {
                    code = Unsupported,
                    message = $"The {Header} '{requested}' is not supported; these are: {string.Join(", ", Supported)}.",
                    data = new { supported = Supported, requested },
                },
            },
            ToolJson.Options,
            http.RequestAborted
        );
        return true;
    }

    private static async Task<object?> ReadIdAsync(HttpContext http)
    {
        try
        {
            using var message = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return message.RootElement.ValueKind == JsonValueKind.Object && message.RootElement.TryGetProperty("id", out var id)
                ? id.ValueKind switch
                {
                    JsonValueKind.String => id.GetString(),
                    JsonValueKind.Number when id.TryGetInt64(out var number) => number,
                    _ => null,
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
