using System.CommandLine;
using Npgsql;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Database.Backups;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Database;

/// <summary>The command <c>database</c>, which scripts/performance/optimize-database.sh and scripts/db call.</summary>
internal static class DatabaseCommand
{
    private static readonly Option<string> Url = CommonOptions.Url();

    private static readonly Option<string> Data = new("--data")
    {
        Description = $"Data folder of a running platform (default: ${Variables.DatabaseUrl}, else .data in the checkout)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Command Define() =>
        new DocumentedCommand(
            "database",
            "Maintains a database: statistics, slow queries, indexes, bloat, backups",
            "swe database slow-queries --limit 5",
            "swe database backup --output backups --keep 14",
            "DATABASE_URL=postgres://user:password@host/swedb swe database vacuum"
        )
        {
            Maintenance(
                "analyze",
                "Renews the planner's statistics, and shows connections and memory hits",
                (work, connection, stop) => work.AnalyzeAsync(connection, stop)
            ),
            SlowQueries(),
            Report(
                "indexes",
                "Shows missing, unused and duplicate indexes, with the statements that fix them",
                (reports, stop) => reports.IndexesAsync(stop)
            ),
            Report("bloat", "Shows dead rows and wasted space of each table", (reports, stop) => reports.BloatAsync(stop)),
            Vacuum(),
            Backup(),
            Restore(),
            Data,
        };

    private static DocumentedCommand SlowQueries()
    {
        var limit = CommonOptions.Count("--limit", "How many statements are shown, up to 100", 10);
        var command = new DocumentedCommand(
            "slow-queries",
            "Shows the statements that take the most time, on average and in total",
            "swe database slow-queries --limit 5"
        )
        {
            limit,
            Url,
        };
        return command.Runs(
            (parsed, stop) => ReportAsync(parsed, (reports, token) => reports.SlowQueriesAsync(parsed.GetValue(limit), token), stop)
        );
    }

    private static DocumentedCommand Vacuum()
    {
        var all = new Option<bool>("--all") { Description = "Also tables with few dead rows" };
        return new DocumentedCommand(
            "vacuum",
            "Vacuums and analyzes the tables with dead rows",
            "swe database vacuum",
            "swe database vacuum --all"
        )
        {
            all,
        }.Runs(
            (parsed, stop) =>
                MaintainAsync(parsed, (work, connection, token) => work.VacuumAsync(connection, parsed.GetValue(all), token), stop)
        );
    }

    private static DocumentedCommand Backup()
    {
        var folder = new Option<string>("--output") { Description = "Folder of the backups (default: backups)", HelpName = "DIR" };
        var keep = CommonOptions.Count("--keep", "Remove the oldest backups of this database beyond the newest N", 0);
        return new DocumentedCommand(
            "backup",
            "Backs up a database into one file, with counts and checksums of all tables",
            "swe database backup",
            "swe database backup --output /srv/backups --keep 14",
            "DATABASE_URL=postgres://user:password@host/swedb swe database backup"
        )
        {
            folder,
            keep,
        }.Runs(
            (parsed, stop) =>
                new BackupCommand(parsed.InvocationConfiguration.Output).RunAsync(
                    DatabaseTarget.Find(parsed.GetValue(Data)),
                    Path.GetFullPath(parsed.GetValue(folder) ?? "backups"),
                    parsed.GetValue(keep) is > 0 and var count ? count : null,
                    stop
                )
        );
    }

    private static DocumentedCommand Restore()
    {
        var file = new Argument<string>("file") { Description = "The backup" };
        var into = new Option<string>("--into") { Description = "Name of the database, or its whole address", HelpName = "DATABASE" };
        var verify = new Option<bool>("--verify") { Description = "Compare counts and checksums of all tables afterwards" };
        var force = new Option<bool>("--force") { Description = "Replace a database that has tables; it is kept under another name" };
        var drill = new Option<bool>("--drill") { Description = "Restore into a database of its own, verify and drop it" };
        var command = new DocumentedCommand(
            "restore",
            "Restores a backup into a database; exit code 3 if what was restored is not the same",
            "swe database restore backups/swedb-20260131-120000-000.swebackup --drill",
            "swe database restore FILE --into swedb_copy --verify",
            "swe database restore FILE --into swedb --force"
        )
        {
            file,
            into,
            verify,
            force,
            drill,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(into) is null == (result.GetResult(drill) is null))
            {
                result.AddError("restore needs either --into DATABASE or --drill.");
            }
        });
        return command.Runs(
            (parsed, stop) =>
                new RestoreCommand(parsed.InvocationConfiguration.Output).RunAsync(
                    // An address of its own needs no other server.
                    parsed.GetValue(into)
                        is { } address
                    && address.Contains("://", StringComparison.Ordinal)
                        ? DatabaseTarget.Parse(address)
                        : DatabaseTarget.Find(parsed.GetValue(Data)),
                    parsed.GetValue(file)!,
                    new(parsed.GetValue(into), parsed.GetValue(verify), parsed.GetValue(force), parsed.GetValue(drill)),
                    stop
                )
        );
    }

    private static DocumentedCommand Report(string name, string description, Func<DatabaseReports, CancellationToken, Task> report) =>
        new DocumentedCommand(name, description, $"swe database {name}", $"swe database {name} --url https://swe.example.com") { Url }.Runs(
            (parsed, stop) => ReportAsync(parsed, report, stop)
        );

    private static DocumentedCommand Maintenance(
        string name,
        string description,
        Func<DatabaseMaintenance, NpgsqlConnection, CancellationToken, Task> work
    ) => new DocumentedCommand(name, description, $"swe database {name}").Runs((parsed, stop) => MaintainAsync(parsed, work, stop));

    private static async Task<int> ReportAsync(
        ParseResult parsed,
        Func<DatabaseReports, CancellationToken, Task> report,
        CancellationToken stop
    )
    {
        var target = ApiTarget.Find(parsed.GetValue(Url), parsed.GetValue(Data), asAdministrator: true);
        var error = parsed.InvocationConfiguration.Error;
        if (parsed.GetValue(Data) is null && Variables.Read(Variables.DatabaseUrl) is not null)
        {
            await error.WriteLineAsync(
                $"{Variables.DatabaseUrl} is not used: this report is made by the API at {target.Address}, on its own database."
            );
        }
        await using var session = await Client.SignedIn.OpenAsync(target, stop);
        await report(new(session.Client, parsed.InvocationConfiguration.Output, error), stop);
        return ExitCode.Succeeded;
    }

    private static async Task<int> MaintainAsync(
        ParseResult parsed,
        Func<DatabaseMaintenance, NpgsqlConnection, CancellationToken, Task> work,
        CancellationToken stop
    )
    {
        await using var connection = await DatabaseTarget.Find(parsed.GetValue(Data)).OpenAsync(stop);
        await work(new(parsed.InvocationConfiguration.Output), connection, stop);
        return ExitCode.Succeeded;
    }
}
