using System.Buffers;
using System.ComponentModel;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>A response body as it goes out, made once and sent many times: no serialization, no compression, no hash a request.</summary>
/// <param name="utf8">JSON in UTF-8; not changed from here on.</param>
/// <param name="madeAt">When the reading of what it shows began, in UTC ticks.</param>
[ImmutableObject(true)]
internal sealed class CachedJson(byte[] utf8, long madeAt)
{
    /// <summary>Below this many bytes, compression costs more than it saves.</summary>
    public const int MinCompressedBytes = 1000;

    private object? _value;
    private byte[]? _brotli;
    private byte[]? _gzip;

    public byte[] Utf8 { get; } = utf8;

    public long MadeAt { get; } = madeAt;

    /// <summary>
    /// Weak, because every encoding of the body has the same. It tells versions apart and protects nothing, so a fast hash will
    /// do.
    /// </summary>
    public string ETag { get; } = $"W/\"{XxHash128.HashToUInt128(utf8):x32}\"";

    /// <summary>The value itself, read once.</summary>
    public T As<T>()
        where T : class => (T)(_value ??= JsonSerializer.Deserialize<T>(Utf8, JsonSerializerOptions.Web)!);

    // Two requests may compress at once; the results are equal.
    public byte[] Brotli => _brotli ??= Compress(static target => new BrotliStream(target, CompressionLevel.Optimal));

    public byte[] Gzip => _gzip ??= Compress(static target => new GZipStream(target, CompressionLevel.Optimal));

    private byte[] Compress(Func<Stream, Stream> encoder)
    {
        using var target = new MemoryStream();
        using (var encoding = encoder(target))
        {
            encoding.Write(Utf8);
        }
        return target.ToArray();
    }
}

/// <summary>The form in Redis: eight bytes of time, then the JSON itself.</summary>
internal sealed class CachedJsonSerializer : IHybridCacheSerializer<CachedJson>
{
    public CachedJson Deserialize(ReadOnlySequence<byte> source)
    {
        var reader = new SequenceReader<byte>(source);
        return reader.TryReadLittleEndian(out long madeAt)
            ? new(reader.UnreadSequence.ToArray(), madeAt)
            : throw new InvalidDataException("The cached value is cut off.");
    }

    public void Serialize(CachedJson value, IBufferWriter<byte> target)
    {
        Span<byte> time = stackalloc byte[sizeof(long)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(time, value.MadeAt);
        target.Write(time);
        target.Write(value.Utf8);
    }
}
