using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace SwePlatform.Api.Features.Database.Catalog;

/// <summary>A setting of the server beside what <c>deploy/postgres.conf</c> asks for.</summary>
/// <param name="Matches">Whether they are the same, in whatever unit they are written.</param>
/// <param name="PendingRestart">Whether the server has to be restarted before its file is followed.</param>
public sealed record SettingCheck(string Name, string Value, string Intended, bool Matches, bool PendingRestart);

internal static partial class ServerSettings
{
    public static async Task<List<SettingCheck>> CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var intended = ReadIntended();
        return await CatalogQuery.ReadAsync(
            connection,
            "settings",
            reader =>
            {
                var wanted = intended[reader.GetString(0)];
                var matches =
                    string.Equals(reader.GetString(1), wanted, StringComparison.OrdinalIgnoreCase)
                    || (
                        Quantity(wanted, reader.GetString(4)) is { } quantity
                        && Quantity(reader.GetString(3), reader.GetString(4)) == quantity
                    )
                    || (
                        reader.GetString(0) == "shared_preload_libraries"
                        && reader.GetString(1).Split(',', StringSplitOptions.TrimEntries).Contains(wanted)
                    );
                return new SettingCheck(reader.GetString(0), reader.GetString(1), wanted, matches, reader.GetBoolean(2));
            },
            cancellationToken,
            (object)intended.Keys.ToArray()
        );
    }

    /// <summary>The names and values in <c>deploy/postgres.conf</c>.</summary>
    public static Dictionary<string, string> ReadIntended()
    {
        using var reader = new StreamReader(typeof(ServerSettings).Assembly.GetManifestResourceStream("postgres.conf")!);
        return Setting()
            .Matches(reader.ReadToEnd())
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value.Trim().Trim('\''));
    }

    // A bare number counts in the setting's own unit, which may itself be a multiple, such as 8kB.
    private static double? Quantity(string text, string unit)
    {
        if (Measured().Match(text) is not { Success: true } match)
        {
            return null;
        }
        var number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        if (match.Groups["unit"].Value is { Length: > 0 } own)
        {
            return number * Factor(own);
        }
        var its = Measured().Match(unit);
        return number
            * (
                its.Success
                    ? double.Parse(its.Groups["number"].Value, CultureInfo.InvariantCulture) * Factor(its.Groups["unit"].Value)
                    : Factor(unit)
            );
    }

    private static double Factor(string unit) =>
        unit switch
        {
            "kB" => 1024,
            "MB" => 1024 * 1024,
            "GB" => 1024 * 1024 * 1024,
            "us" => 0.001,
            "s" => 1000,
            "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 1,
        };

    [GeneratedRegex(@"^(?<name>[a-z_]+)\s*=\s*(?<value>'[^']*'|[^#\r\n]+)", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^(?<number>-?\d+(\.\d+)?)\s*(?<unit>[a-zA-Z]*)$")]
    private static partial Regex Measured();
}
