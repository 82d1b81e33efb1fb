using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SwePlatform.Api.Features.Audit;

/// <summary>
/// The hash that chains audit entries: SHA-256 over the hash of the entry before and every field of this one,
/// each preceded by its length, so that no two different entries read the same.
/// </summary>
internal static class AuditChain
{
    /// <summary>What the first entry of all has as the hash before it.</summary>
    public static readonly byte[] Genesis = new byte[SHA256.HashSizeInBytes];

    public static byte[] Hash(AuditEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(entry.PreviousHash);
        Append(hash, entry.Sequence.ToString(CultureInfo.InvariantCulture));
        Append(hash, entry.Id.ToString());
        Append(hash, entry.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Append(hash, entry.ActorId?.ToString());
        Append(hash, entry.Actor);
        Append(hash, entry.EventType);
        Append(hash, entry.Resource);
        Append(hash, entry.Outcome.ToString());
        Append(hash, entry.RequestId);
        Append(hash, entry.ClientAddress);
        Append(hash, entry.Details);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, string? field)
    {
        var bytes = field is null ? null : Encoding.UTF8.GetBytes(field);
        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, bytes?.Length ?? -1);
        hash.AppendData(length);
        hash.AppendData(bytes ?? []);
    }
}
