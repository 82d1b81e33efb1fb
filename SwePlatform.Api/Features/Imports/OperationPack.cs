using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SwePlatform.Api.Features.Imports.Http;

namespace SwePlatform.Api.Features.Imports;

/// <summary>The operations of an import as they lie in the database: made once, so that no use has to read the document again.</summary>
internal static class OperationPack
{
    // Lenient, unlike what callers send: an older version of the platform may have written it.
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>One operation as text, for comparing it with what it was.</summary>
    public static string Fingerprint(HttpOperation operation) => JsonSerializer.Serialize(operation, Json);

    public static byte[] Pack(IReadOnlyList<HttpOperation> operations)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, operations, Json);
        }
        return packed.ToArray();
    }

    /// <returns>The operations, and how many bytes they take.</returns>
    public static (List<HttpOperation> Operations, long Bytes) Unpack(byte[] packed)
    {
        using var json = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress))
        {
            brotli.CopyTo(json);
        }
        return (JsonSerializer.Deserialize<List<HttpOperation>>(json.GetBuffer().AsSpan(0, (int)json.Length), Json)!, json.Length);
    }
}
