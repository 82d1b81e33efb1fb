using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>A folder with PostgreSQL's programs.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Version)
{
    public const int OldestVersion = 15;

    /// <summary>Environment variable with the folder of PostgreSQL's programs, or <c>package</c> for the npm package.</summary>
    public const string FolderVariable = "SWE_POSTGRES_BIN";

    private static readonly string[] Programs = ["postgres", "initdb", "pg_ctl"];

    public string InitDb => Program(Folder, "initdb");

    public string Server => Program(Folder, "postgres");

    public string Control => Program(Folder, "pg_ctl");

    /// <summary>
    /// Finds programs that <paramref name="account"/> may run: in the folder that was <paramref name="asked"/> for,
    /// on the PATH, in the usual places, and at last by installing the package. An existing cluster needs the
    /// version that made it.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(
        string? asked,
        PostgresStorage storage,
        ServerAccount account,
        CancellationToken cancellationToken
    )
    {
        var needed = storage.ClusterVersion;
        if (asked is not null and not "" and not PostgresPackage.Keyword)
        {
            var found =
                await LookAsync(asked, account)
                ?? throw new StartException(
                    $"{FolderVariable} is {asked}, but there is no PostgreSQL {OldestVersion} or newer that can be run "
                        + "(postgres, initdb, pg_ctl)."
                );
            return Fits(found, needed) ? found : throw WrongVersion(needed, storage);
        }
        if (asked != PostgresPackage.Keyword)
        {
            foreach (var folder in PostgresFolders.Folders().Where(IsComplete).Distinct())
            {
                if (await LookAsync(folder, account) is { } found && Fits(found, needed))
                {
                    return found;
                }
            }
        }
        if (needed is not null and not PostgresPackage.MajorVersion)
        {
            throw WrongVersion(needed, storage);
        }
        return new PostgresBinaries(await PostgresPackage.EnsureAsync(storage, cancellationToken), PostgresPackage.MajorVersion);
    }

    private static bool Fits(PostgresBinaries binaries, int? needed) => needed is null || binaries.Version == needed;

    private static StartException WrongVersion(int? needed, PostgresStorage storage) =>
        new(
            $"The database in {storage.Root} was made by PostgreSQL {needed}, whose programs were not found. "
                + $"Install that version, or name its bin folder in {PostgresBinaries.FolderVariable}."
        );

    private static async Task<PostgresBinaries?> LookAsync(string folder, ServerAccount account)
    {
        if (!IsComplete(folder) || !await account.CanRunAsync(Program(folder, "postgres")))
        {
            return null;
        }
        var outcome = await ExternalProgram.RunAsync(new ProcessStartInfo(Program(folder, "postgres"), ["--version"]));
        return
            outcome.Succeeded
            && int.TryParse(VersionPattern().Match(outcome.Output).Groups["major"].Value, out var version)
            && version >= OldestVersion
            ? new PostgresBinaries(Path.GetFullPath(folder), version)
            : null;
    }

    private static bool IsComplete(string folder) => Programs.All(program => File.Exists(Program(folder, program)));

    private static string Program(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)")]
    private static partial Regex VersionPattern();
}
