using System.Diagnostics;
using System.Globalization;

namespace SwePlatform.Tool.Bench;

/// <summary>Memory of a process: all resident pages, and its fair share of them where the system tells (Linux).</summary>
internal readonly record struct ProcessMemory(double ResidentMegabytes, double? ProportionalMegabytes, double? PrivateMegabytes)
{
    private const double BytesPerMegabyte = 1 << 20;
    private const double KilobytesPerMegabyte = 1 << 10;

    public static ProcessMemory Read(Process process)
    {
        process.Refresh();
        var rollup = $"/proc/{process.Id}/smaps_rollup";
        if (!File.Exists(rollup))
        {
            return new ProcessMemory(process.WorkingSet64 / BytesPerMegabyte, null, null);
        }
        var fields = File.ReadLines(rollup)
            .Select(line => line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts is [_, _, "kB"])
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture) / KilobytesPerMegabyte);
        return new ProcessMemory(fields["Rss"], fields["Pss"], fields["Private_Clean"] + fields["Private_Dirty"]);
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ResidentMegabytes:0} MB resident{Detail("proportional", ProportionalMegabytes)}{Detail("private", PrivateMegabytes)}"
        );

    private static string Detail(string name, double? value) =>
        value is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {value:0} MB {name}");
}
