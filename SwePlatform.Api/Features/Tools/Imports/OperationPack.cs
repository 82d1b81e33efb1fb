using System.IO.Compression;
using System.Text.Json;
using SwePlatform.Api.Toolbox;
using SwePlatform.Api.Toolbox.Http;

namespace SwePlatform.Api.Features.Tools.Imports;

/// <summary>The operations of an import as they lie in the database: made once, so that no use has to read the document again.</summary>
internal static class OperationPack
{
    public static byte[] Pack(IReadOnlyList<HttpOperation> operations)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, operations, ToolJson.Options);
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
        return (JsonSerializer.Deserialize<List<HttpOperation>>(json.GetBuffer().AsSpan(0, (int)json.Length), ToolJson.Options)!, json.Length);
    }
}
