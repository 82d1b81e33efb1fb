using System.Buffers;
using System.Text.Json;

namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// Tells the agents of one user apart, and reads their cancellations. The server keeps no state between requests: the
/// session's id, which clients since 2025-03-26 send with each request, only says whose request a cancellation means.
/// </summary>
internal static class AgentSession
{
    public const string Header = "Mcp-Session-Id";

    private const string VersionHeader = "MCP-Protocol-Version";

    // A cancellation has an id and a reason; what is longer is something else.
    private const int MaxNotification = 8 * 1024;

    private static readonly object Key = new();

    public static string? Of(HttpContext http) => http.Items[Key] as string;

    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (await ProtocolVersions.RefuseAsync(http))
        {
            return;
        }
        var session = http.Request.Headers[Header].ToString();
        if (session.Length > 0)
        {
            // The library would refuse it, as it has no sessions without state.
            http.Request.Headers.Remove(Header);
            http.Items[Key] = session;
        }
        else if (!http.Request.Headers.ContainsKey(VersionHeader))
        {
            // The first request of a client that knows sessions: it does not know a version yet.
            http.Response.Headers[Header] = Guid.CreateVersion7().ToString("N");
        }
        if (await PeekAsync(http) is { } id)
        {
            await http.RequestServices.GetRequiredService<CallsUnderway>().CancelAsync(CallKey.Of(http, id));
        }
        await next(http);
    }

    // The id of the request that the message cancels, as JSON; null if it is another message. The body is left as it is.
    private static async Task<string?> PeekAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxNotification)
        {
            return null;
        }
        var body = http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(http.RequestAborted);
            if (read.IsCompleted || read.Buffer.Length > MaxNotification)
            {
                var id = read.Buffer.Length > MaxNotification ? null : CancelledId(read.Buffer);
                body.AdvanceTo(read.Buffer.Start);
                return id;
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static string? CancelledId(ReadOnlySequence<byte> body)
    {
        if (body.ToArray().AsSpan().IndexOf("notifications/cancelled"u8) < 0)
        {
            return null;
        }
        try
        {
            using var message = JsonDocument.Parse(body);
            return
                message.RootElement.ValueKind == JsonValueKind.Object
                && message.RootElement.TryGetProperty("method", out var method)
                && method.ValueKind == JsonValueKind.String
                && method.ValueEquals("notifications/cancelled")
                && message.RootElement.TryGetProperty("params", out var about)
                && about.ValueKind == JsonValueKind.Object
                && about.TryGetProperty("requestId", out var id)
                ? id.ValueKind switch
                {
                    JsonValueKind.Number => id.GetRawText(),
                    JsonValueKind.String => JsonSerializer.Serialize(id.GetString()),
                    _ => null,
                }
                : null;
        }
        catch (JsonException)
        {
            // What is wrong with it is for the library to say.
            return null;
        }
    }
}
