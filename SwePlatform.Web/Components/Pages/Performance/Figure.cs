using System.Globalization;

namespace SwePlatform.Web.Components.Pages.Performance;

/// <summary>Numbers as people read them.</summary>
internal static class Figure
{
    private const string Nothing = "–";

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Milliseconds(double? value) =>
        value switch
        {
            null => Nothing,
            < 10 => Write(value.Value, "0.0#") + " ms",
            < 10_000 => Write(value.Value, "0") + " ms",
            _ => Write(value.Value / 1000, "0.0") + " s",
        };

    public static string Percent(double? share) => share is null ? Nothing : Write(share.Value * 100, "0.##") + " %";

    public static string Number(double? value) =>
        value switch
        {
            null => Nothing,
            < 100 => Write(value.Value, "0.##"),
            _ => Write(value.Value, "#,##0"),
        };

    public static string Bytes(double? value)
    {
        if (value is not { } bytes)
            return Nothing;
        var unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1024;
        }
        return $"{Write(bytes, unit == 0 || bytes >= 100 ? "0" : "0.0")} {Units[unit]}";
    }

    private static string Write(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
