using System.Buffers;
using System.Net;

namespace SwePlatform.Tool.Load;

/// <summary>Sends the requests of a run over a bounded number of connections.</summary>
internal sealed class LoadClient : IDisposable
{
    private const int BufferBytes = 32 * 1024;

    // What the request's line and headers take; k6 counts them too, and here they are not seen.
    private const int RequestHeadBytes = 200;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http;
    private readonly string? _authorization;

    public LoadClient(int connections, string? authorization)
    {
        _authorization = authorization;
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = connections,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
                ConnectTimeout = ConnectTimeout,
                // Each of these costs more than sending the request.
                ActivityHeadersPropagator = null,
                UseCookies = false,
                UseProxy = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
            }
        );
    }

    public async Task<Sample> SendAsync(RequestMix.Entry entry, CancellationToken cancellationToken)
    {
        using var request = entry.Make(_authorization);
        var sent = RequestHeadBytes + (request.Content?.Headers.ContentLength ?? 0);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var (received, found) = await ReadAsync(response, entry.Expected, cancellationToken);
            var status = (int)response.StatusCode;
            return new Sample(status, found && status is >= 200 and < 300, received, sent);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new Sample(Sample.NoAnswer, AsExpected: false, 0, sent);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<(long Bytes, bool Found)> ReadAsync(
        HttpResponseMessage response,
        byte[]? expected,
        CancellationToken cancellationToken
    )
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long total = 0;
            var found = expected is null;
            // The end of one piece may hold the beginning of what is looked for.
            var kept = 0;
            while (await body.ReadAsync(buffer.AsMemory(kept), cancellationToken) is > 0 and var read)
            {
                total += read;
                var filled = kept + read;
                if (!found)
                {
                    found = buffer.AsSpan(0, filled).IndexOf(expected) >= 0;
                    kept = Math.Min(filled, expected!.Length - 1);
                    buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
                }
                kept = found ? 0 : kept;
            }
            return (total, found);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
