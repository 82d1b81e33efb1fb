using System.Globalization;

namespace SwePlatform.Tool.Database;

/// <summary>Figures and queries as people read them.</summary>
internal static class Figures
{
    private const int LongestLine = 160;

    public static string OneLine(string query)
    {
        var line = string.Join(' ', query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestLine ? line : line[..LongestLine] + " …";
    }

    public static string Percent(double? ratio) =>
        ratio is { } value ? value.ToString("P1", CultureInfo.InvariantCulture) : "nothing read yet";

    public static string Size(long bytes) =>
        bytes switch
        {
            >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
            >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
        };
}
