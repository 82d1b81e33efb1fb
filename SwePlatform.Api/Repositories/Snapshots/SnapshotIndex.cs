using System.Text;

namespace SwePlatform.Api.Repositories.Snapshots;

/// <summary>
/// The layout of a snapshot file: contents first, then the table of entries, then in the last 16 bytes where the
/// table begins and a mark that tells a whole file from anything else.
/// </summary>
internal static class SnapshotIndex
{
    private const long Mark = 0x3150_414E_5345_5753; // "SWESNAP1" in memory order
    private const int TrailerBytes = 2 * sizeof(long);

    public static void Write(BinaryWriter writer, IReadOnlyList<SnapshotEntry> entries)
    {
        writer.Flush();
        var tableStart = writer.BaseStream.Position;
        writer.Write7BitEncodedInt(entries.Count);
        foreach (var entry in entries)
        {
            writer.Write(entry.Path);
            writer.Write((byte)entry.Kind);
            writer.Write(entry.Executable);
            writer.Write7BitEncodedInt64(entry.Offset);
            writer.Write7BitEncodedInt(entry.Length);
            writer.Write7BitEncodedInt64(entry.Size);
        }
        writer.Write(tableStart);
        writer.Write(Mark);
    }

    /// <exception cref="InvalidDataException">The file is not a whole snapshot.</exception>
    public static IReadOnlyList<SnapshotEntry> Read(BinaryReader reader)
    {
        var stream = reader.BaseStream;
        if (stream.Length < TrailerBytes)
        {
            throw new InvalidDataException("The snapshot file is cut off.");
        }
        stream.Position = stream.Length - TrailerBytes;
        var tableStart = reader.ReadInt64();
        if (reader.ReadInt64() != Mark || tableStart < 0 || tableStart > stream.Length - TrailerBytes)
        {
            throw new InvalidDataException("The snapshot file is damaged.");
        }
        // Reading many small values straight from a file is slow.
        stream.Position = tableStart;
        using var table = new BinaryReader(
            new MemoryStream(reader.ReadBytes(checked((int)(stream.Length - TrailerBytes - tableStart)))),
            Encoding.UTF8
        );
        var entries = new SnapshotEntry[table.Read7BitEncodedInt()];
        for (var index = 0; index < entries.Length; index++)
        {
            entries[index] = new(
                table.ReadString(),
                (EntryKind)table.ReadByte(),
                table.ReadBoolean(),
                table.Read7BitEncodedInt64(),
                table.Read7BitEncodedInt(),
                table.Read7BitEncodedInt64()
            );
        }
        return entries;
    }
}
