using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>Leaves alone what is known to be short.</summary>
internal sealed class LongResponseCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response.ContentLength is not < CachedJson.MinCompressedBytes && base.ShouldCompressResponse(context);
}

/// <summary>
/// Holds the first bytes of a response back, so that one that ends before it is worth compressing says how long it is.
/// Stands behind the compression, which otherwise compresses whatever comes without a length.
/// </summary>
internal sealed class SmallResponses(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers.AcceptEncoding.Count == 0)
        {
            await next(context);
            return;
        }
        var features = context.Features;
        var original = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var held = new HeldStream(context.Response, original.Stream);
        var body = new StreamResponseBodyFeature(held, original);
        features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await next(context);
            await body.CompleteAsync();
            await held.EndAsync();
        }
        finally
        {
            features.Set(original);
        }
    }

    private sealed class HeldStream(HttpResponse response, Stream inner) : Stream
    {
        private readonly byte[] _held = new byte[CachedJson.MinCompressedBytes];
        private int _length;
        private bool _released;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>The response is complete: what is still held is all of it.</summary>
        public async Task EndAsync()
        {
            if (!_released && _length > 0 && !response.HasStarted)
            {
                response.ContentLength ??= _length;
            }
            await ReleaseAsync(CancellationToken.None);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_released && _length + buffer.Length < _held.Length)
            {
                buffer.CopyTo(_held.AsMemory(_length));
                _length += buffer.Length;
                return;
            }
            await ReleaseAsync(cancellationToken);
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        // A stream of events flushes each of them, and each has to go out. The end of a body flushes too, but by then it is
        // known to be short.
        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)
            {
                await ReleaseAsync(cancellationToken);
            }
            if (_released)
            {
                await inner.FlushAsync(cancellationToken);
            }
        }

        private async Task ReleaseAsync(CancellationToken cancellationToken)
        {
            if (!_released)
            {
                _released = true;
                if (_length > 0)
                {
                    await inner.WriteAsync(_held.AsMemory(0, _length), cancellationToken);
                }
            }
        }

        public override void Flush() => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
