using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Processes;

namespace SwePlatform.Tool.Database;

/// <summary>PostgreSQL's own <c>pg_dump</c> and <c>pg_restore</c>, of a version that fits the server.</summary>
internal sealed partial class PostgresProgram(string path)
{
    /// <param name="serverVersion">The program must not be older than this major version.</param>
    public static async Task<PostgresProgram> FindAsync(string name, int serverVersion)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        string? asked = Variables.Read(Variables.PostgresPrograms);
        var seen = new List<int>();
        var folders = PostgresClientFolders
            .Folders()
            .Prepend(asked ?? "")
            .Where(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, file)));
        foreach (var folder in folders.Distinct())
        {
            var outcome = await CapturedProgram.RunAsync(new ProcessStartInfo(Path.Combine(folder, file), ["--version"]));
            var major = VersionPattern().Match(outcome.Output).Groups["major"].Value;
            if (outcome.Succeeded && int.TryParse(major, CultureInfo.InvariantCulture, out var version))
            {
                if (version >= serverVersion)
                {
                    return new(Path.Combine(folder, file));
                }
                seen.Add(version);
            }
        }
        var found = seen.Count == 0 ? "none was found" : $"only version {string.Join(", ", seen.Distinct())} was found";
        throw new CommandException(
            $"{name} of PostgreSQL {serverVersion} or newer is needed, and {found}. Install it: "
                + $"the package postgresql-client-{serverVersion} on Debian and Ubuntu, postgresql{serverVersion} on Red Hat's, "
                + $"postgresql{serverVersion}-client on Alpine, postgresql@{serverVersion} with Homebrew; "
                + $"or name its folder in {Variables.PostgresPrograms}."
        );
    }

    public Task<CapturedProgram.Outcome> RunAsync(
        NpgsqlConnectionStringBuilder target,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(path, arguments);
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(variable);
        }
        // By the environment, which only this user can look at, unlike the arguments.
        Set("PGHOST", target.Host);
        Set("PGPORT", target.Port.ToString(CultureInfo.InvariantCulture));
        Set("PGUSER", target.Username);
        Set("PGPASSWORD", target.Password);
        Set(
            "PGSSLMODE",
            target.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            }
        );
        Set("PGSSLROOTCERT", target.RootCertificate);
        Set("PGSSLCERT", target.SslCertificate);
        Set("PGSSLKEY", target.SslKey);
        start.Environment["LC_ALL"] = "C";
        return CapturedProgram.RunAsync(start, cancellationToken);

        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                start.Environment[name] = value;
            }
        }
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)")]
    private static partial Regex VersionPattern();
}
