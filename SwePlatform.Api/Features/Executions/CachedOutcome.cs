using System.Buffers.Binary;
using System.Text;

namespace SwePlatform.Api.Features.Executions;

/// <summary>
/// A result as the cache stores it: what the tool took, whether the result is a good one, why not, and then the result as
/// <see cref="PackedJson"/>.
/// </summary>
internal static class CachedOutcome
{
    /// <summary>A part of each key: replicas of versions that store otherwise do not read each other's.</summary>
    public const int Format = 2;

    private const int PassedAt = sizeof(double);
    private const int LengthAt = PassedAt + 1;
    private const int TextAt = LengthAt + sizeof(ushort);

    public static byte[] Pack(ToolOutcome outcome)
    {
        var text = Encoding.UTF8.GetBytes(outcome.Text ?? "");
        var packed = new byte[TextAt + text.Length + outcome.Packed.Length];
        BinaryPrimitives.WriteDoubleLittleEndian(packed, outcome.ExecuteMs);
        packed[PassedAt] = outcome.Passed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(packed.AsSpan(LengthAt), (ushort)text.Length);
        text.CopyTo(packed, TextAt);
        outcome.Packed.CopyTo(packed, TextAt + text.Length);
        return packed;
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ToolOutcome Unpack(byte[] packed)
    {
        var length = packed.Length < TextAt ? ushort.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(packed.AsSpan(LengthAt));
        if (packed.Length < TextAt + length)
        {
            throw new InvalidDataException($"{packed.Length} bytes are too few.");
        }
        return new(
            ExecutionStatus.Succeeded,
            PackedJson.Unpack(packed, TextAt + length),
            null,
            BinaryPrimitives.ReadDoubleLittleEndian(packed),
            0
        )
        {
            Passed = packed[PassedAt] != 0,
            Text = length == 0 ? null : Encoding.UTF8.GetString(packed, TextAt, length),
        };
    }
}
