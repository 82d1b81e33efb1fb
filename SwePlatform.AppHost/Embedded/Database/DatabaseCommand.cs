using System.CommandLine;
using System.Runtime.InteropServices;
using Npgsql;
using SwePlatform.AppHost.Embedded.Database.Backups;

namespace SwePlatform.AppHost.Embedded.Database;

/// <summary>The subcommand <c>database</c>, which scripts/performance/optimize-database.sh and scripts/db call.</summary>
internal static class DatabaseCommand
{
    private const int Failed = 1;

    public static Command Define()
    {
        var data = new Option<string>("--data")
        {
            Description = $"Data folder of a running embedded instance (default: ${DatabaseTarget.Variable}, else .data in the repository)",
            HelpName = "DIR",
            Recursive = true,
        };
        var limit = Count("--limit", "How many statements are shown", 10);
        var all = new Option<bool>("--all") { Description = "Also tables with few dead rows" };
        var slow = new Command("slow-queries", "Shows the statements that take the most time") { limit };
        var vacuum = new Command("vacuum", "Vacuums and analyses the tables with dead rows") { all };
        slow.SetAction((parsed, _) => ReportAsync(parsed, (reports, connection, stop) => reports.SlowQueriesAsync(connection, parsed.GetValue(limit), stop)));
        vacuum.SetAction((parsed, _) => ReportAsync(parsed, (reports, connection, stop) => reports.VacuumAsync(connection, parsed.GetValue(all), stop)));
        return new Command("database", "Looks after a database: statistics, slow queries, indexes, bloat, backups")
        {
            Plain("analyze", "Renews the planner's statistics, and shows settings, connections and memory hits", (reports, connection, stop) => reports.AnalyzeAsync(connection, stop)),
            slow,
            Plain("indexes", "Shows missing, unused and duplicate indexes", (reports, connection, stop) => reports.IndexesAsync(connection, stop)),
            Plain("bloat", "Shows dead rows and wasted room", (reports, connection, stop) => reports.BloatAsync(connection, stop)),
            vacuum,
            Backup(),
            Restore(),
            data,
        };

        Command Plain(string name, string description, Func<DatabaseReports, NpgsqlConnection, CancellationToken, Task> report)
        {
            var command = new Command(name, description);
            command.SetAction((parsed, _) => ReportAsync(parsed, report));
            return command;
        }

        Command Backup()
        {
            var folder = new Option<string>("--output") { Description = "Folder of the backups (default: backups)", HelpName = "DIR" };
            var keep = Count("--keep", "Remove the oldest backups of this database beyond the newest N", 0);
            var command = new Command("backup", "Backs up a database into one file, with counts and checksums of all tables") { folder, keep };
            command.SetAction((parsed, _) => GuardAsync(parsed, stop => new BackupCommand(parsed.InvocationConfiguration.Output).RunAsync(
                DatabaseTarget.Find(parsed.GetValue(data)), Path.GetFullPath(parsed.GetValue(folder) ?? "backups"), parsed.GetValue(keep) is > 0 and var count ? count : null, stop)));
            return command;
        }

        Command Restore()
        {
            var file = new Argument<string>("file") { Description = "The backup" };
            var into = new Option<string>("--into") { Description = "Name of the database, or its whole address", HelpName = "DATABASE" };
            var verify = new Option<bool>("--verify") { Description = "Compare counts and checksums of all tables afterwards" };
            var force = new Option<bool>("--force") { Description = "Replace a database that has tables; it is kept under another name" };
            var drill = new Option<bool>("--drill") { Description = "Restore into a database of its own, verify and drop it" };
            var command = new Command("restore", "Restores a backup into a database") { file, into, verify, force, drill };
            command.Validators.Add(result =>
            {
                if (result.GetResult(into) is null == (result.GetResult(drill) is null))
                {
                    result.AddError("restore needs either --into DATABASE or --drill.");
                }
            });
            command.SetAction((parsed, _) => GuardAsync(parsed, stop => new RestoreCommand(parsed.InvocationConfiguration.Output).RunAsync(
                // An address of its own needs no other server.
                parsed.GetValue(into) is { } address && address.Contains("://", StringComparison.Ordinal) ? DatabaseTarget.Parse(address) : DatabaseTarget.Find(parsed.GetValue(data)),
                parsed.GetValue(file)!, new(parsed.GetValue(into), parsed.GetValue(verify), parsed.GetValue(force), parsed.GetValue(drill)), stop)));
            return command;
        }

        Task<int> ReportAsync(ParseResult parsed, Func<DatabaseReports, NpgsqlConnection, CancellationToken, Task> report) => GuardAsync(parsed, async stop =>
        {
            await using var connection = await DatabaseTarget.Find(parsed.GetValue(data)).OpenAsync(stop);
            await report(new(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error), connection, stop);
            return 0;
        });
    }

    /// <summary>Ctrl-C ends it in order, so that nothing half done is left behind.</summary>
    private static async Task<int> GuardAsync(ParseResult parsed, Func<CancellationToken, Task<int>> action)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            return await action(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("Interrupted");
            return Failed;
        }
        catch (HostException exception)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
            return Failed;
        }
        catch (PostgresException exception)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"The database refused: {exception.MessageText} ({exception.SqlState})");
            return Failed;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
            return Failed;
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static Option<int> Count(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count > 0))
            {
                result.AddError($"{name}: {token.Value} is not a positive number.");
            }
        });
        return option;
    }
}
