using System.Globalization;

namespace SwePlatform.ServiceDefaults.Telemetry;

/// <summary>Bytes that this process has moved to and from storage. Only Linux tells.</summary>
public static class ProcessIo
{
    private const string Path = "/proc/self/io";

    public static (long Read, long Written) Read()
    {
        try
        {
            var (read, written) = (0L, 0L);
            foreach (var line in File.ReadLines(Path))
            {
                read = Value(line, "read_bytes: ") ?? read;
                written = Value(line, "write_bytes: ") ?? written;
            }
            return (read, written);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (0, 0);
        }
    }

    private static long? Value(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) ? long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture) : null;
}
