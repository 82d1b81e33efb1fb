using System.Text.RegularExpressions;
using Npgsql;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Database;

/// <summary>The server's settings beside those of <c>deploy/postgres.conf</c>.</summary>
internal static partial class IntendedSettings
{
    private const string Libraries = "shared_preload_libraries";

    /// <summary>What differs, a line each; nothing without a checkout, which has the file.</summary>
    public static async Task<IReadOnlyList<string>> FindDifferencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (
            Checkout.TryFind() is not { } checkout
            || Path.Combine(checkout.Root, "deploy", "postgres.conf") is var file && !File.Exists(file)
        )
        {
            return [];
        }
        var intended = Setting()
            .Matches(await File.ReadAllTextAsync(file, cancellationToken))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value.Trim().Trim('\''));
        await using var command = new NpgsqlCommand(
            "SELECT name, current_setting(name), pending_restart, setting FROM pg_settings WHERE name = ANY ($1) ORDER BY name",
            connection
        );
        command.Parameters.Add(new() { Value = intended.Keys.ToArray() });
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (name, value, pending) = (reader.GetString(0), reader.GetString(1), reader.GetBoolean(2));
            // A bare number in the file is in the setting's own unit.
            if (pending || (!Matches(name, value, intended[name]) && reader.GetString(3) != intended[name]))
            {
                lines.Add(
                    $"{name} is {value}; deploy/postgres.conf says {intended[name]}{(pending ? " (needs a restart of the server)" : "")}"
                );
            }
        }
        return lines;
    }

    // The server shows quantities in the unit that fits best, in which the file has them too.
    private static bool Matches(string name, string value, string intended) =>
        string.Equals(value, intended, StringComparison.OrdinalIgnoreCase)
        || (name == Libraries && value.Split(',', StringSplitOptions.TrimEntries).Contains(intended));

    [GeneratedRegex(@"^(?<name>[a-z_]+)\s*=\s*(?<value>'[^']*'|[^#\r\n]+)", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
