using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace SwePlatform.Tool.Database.Backups;

/// <param name="Verify">Compare all rows with the backup afterwards.</param>
/// <param name="Force">Take the place of a database that has tables. The old one is kept under another name.</param>
/// <param name="Drill">Into a database of its own, which is compared and then dropped.</param>
internal sealed record RestoreOptions(string? Into, bool Verify, bool Force, bool Drill);

/// <summary>Restores a backup into a new database, and can prove that it is the same.</summary>
internal sealed partial class RestoreCommand(TextWriter output)
{
    public const int Different = 3;

    private const string Maintenance = "postgres";

    public async Task<int> RunAsync(
        NpgsqlConnectionStringBuilder server,
        string file,
        RestoreOptions options,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        var manifest = await BackupFile.ReadManifestAsync(file, cancellationToken);
        var unique = string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyyMMdd_HHmmss}_{Guid.CreateVersion7().ToString("N")[^6..]}"
        );
        var target = options.Drill ? server.On($"swe_drill_{unique}") : Target(server, options.Into!);
        await using var maintenance = await target.On(Maintenance).OpenAsync(cancellationToken);
        var program = await PostgresProgram.FindAsync("pg_restore", maintenance.PostgreSqlVersion.Major);

        var exists = await ExistsAsync(maintenance, target.Database!, cancellationToken);
        var replaces = exists && await HasTablesAsync(target, cancellationToken);
        if (replaces && !options.Force)
        {
            throw new CommandException(
                $"The database {target.Database} has tables already. Name another one with --into, or give --force: "
                    + "it is then replaced, and kept under another name."
            );
        }
        // A database in use is replaced only by one that is complete.
        var place = exists ? target.On(Shorten($"{target.Database}_restoring_{unique}")) : target;
        await FillAsync(maintenance, place, program, file, cancellationToken);
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Restored the backup of {manifest.Database} of {manifest.CreatedAt:u} in {watch.Elapsed.TotalSeconds:0.0} s"
            )
        );

        if ((options.Verify || options.Drill || replaces) && !await VerifyAsync(place, manifest, cancellationToken))
        {
            await output.WriteLineAsync($"What was restored is in the database {place.Database}, for you to look at.");
            return Different;
        }
        if (options.Drill)
        {
            await ExecuteAsync(maintenance, $"DROP DATABASE {Quote(place.Database!)}", cancellationToken);
            await output.WriteLineAsync("The drill succeeded; its database is dropped again.");
        }
        else if (exists)
        {
            await ReplaceAsync(
                maintenance,
                target.Database!,
                place.Database!,
                replaces ? Shorten($"{target.Database}_before_{unique}") : null,
                cancellationToken
            );
        }
        return 0;
    }

    private static NpgsqlConnectionStringBuilder Target(NpgsqlConnectionStringBuilder server, string into)
    {
        if (into.Contains("://", StringComparison.Ordinal) || into.Contains('=', StringComparison.Ordinal))
        {
            var target = DatabaseTarget.Parse(into);
            (target.Pooling, target.CommandTimeout) = (false, 0);
            return target;
        }
        return DatabaseName().IsMatch(into)
            ? server.On(into)
            : throw new CommandException(
                $"--into: {into} is not a valid database name. Use letters, digits, '_' and '-', beginning with a letter."
            );
    }

    private static async Task FillAsync(
        NpgsqlConnection maintenance,
        NpgsqlConnectionStringBuilder place,
        PostgresProgram program,
        string file,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("swe-restore-");
        try
        {
            var dump = Path.Combine(folder.FullName, "database.dump");
            await BackupFile.ExtractAsync(file, dump, cancellationToken);
            await ExecuteAsync(maintenance, $"CREATE DATABASE {Quote(place.Database!)} TEMPLATE template0", cancellationToken);
            var outcome = await program.RunAsync(
                place,
                [
                    "--exit-on-error",
                    "--no-owner",
                    "--no-privileges",
                    "--no-comments",
                    "--no-password",
                    "--jobs=2",
                    $"--dbname={place.Database}",
                    dump,
                ],
                cancellationToken
            );
            if (!outcome.Succeeded)
            {
                await ExecuteAsync(maintenance, $"DROP DATABASE {Quote(place.Database!)}", CancellationToken.None);
                throw new CommandException($"pg_restore failed, and nothing was changed: {outcome.Output}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        await using var connection = await place.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "ANALYZE", cancellationToken);
    }

    private async Task<bool> VerifyAsync(NpgsqlConnectionStringBuilder place, BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using var connection = await place.OpenAsync(cancellationToken);
        var differences = manifest.Contents.DifferencesTo(await DatabaseContents.ReadAsync(connection, cancellationToken)).ToList();
        foreach (var difference in differences)
        {
            await output.WriteLineAsync($"  DIFFERENT  {difference}");
        }
        await output.WriteLineAsync(
            differences.Count == 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"Verified: {manifest.Contents.Tables.Count} tables with "
                        + $"{manifest.Contents.Tables.Sum(table => table.Rows)} rows are the same, by count and checksum."
                )
                : "The restored database is NOT identical to the backup."
        );
        return differences.Count == 0;
    }

    private async Task ReplaceAsync(
        NpgsqlConnection maintenance,
        string name,
        string restored,
        string? old,
        CancellationToken cancellationToken
    )
    {
        if (old is null)
        {
            await ExecuteAsync(maintenance, $"DROP DATABASE {Quote(name)}", cancellationToken);
        }
        else
        {
            // Pools reconnect at once, so the door is closed before the sessions are ended.
            await ExecuteAsync(maintenance, $"ALTER DATABASE {Quote(name)} WITH ALLOW_CONNECTIONS false", cancellationToken);
            try
            {
                await using (
                    var end = new NpgsqlCommand(
                        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
                        maintenance
                    )
                    {
                        Parameters = { new() { Value = name } },
                    }
                )
                {
                    await end.ExecuteNonQueryAsync(cancellationToken);
                }
                await ExecuteAsync(maintenance, $"ALTER DATABASE {Quote(name)} RENAME TO {Quote(old)}", cancellationToken);
            }
            catch
            {
                await ExecuteAsync(maintenance, $"ALTER DATABASE {Quote(name)} WITH ALLOW_CONNECTIONS true", CancellationToken.None);
                throw;
            }
            await ExecuteAsync(maintenance, $"ALTER DATABASE {Quote(old)} WITH ALLOW_CONNECTIONS true", CancellationToken.None);
        }
        await ExecuteAsync(maintenance, $"ALTER DATABASE {Quote(restored)} RENAME TO {Quote(name)}", CancellationToken.None);
        await output.WriteLineAsync(
            old is null
                ? $"It is the database {name} now."
                : $"It is the database {name} now; the one before is {old}. Restart the platform, and drop the old one when "
                    + "you no longer need it."
        );
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection maintenance, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", maintenance)
        {
            Parameters = { new() { Value = name } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<bool> HasTablesAsync(NpgsqlConnectionStringBuilder target, CancellationToken cancellationToken)
    {
        await using var connection = await target.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p')
                    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%')
            """,
            connection
        );
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Postgres would cut a longer name off without a word.
    private static string Shorten(string name) => name.Length <= 63 ? name : name[^63..];

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
    private static partial Regex DatabaseName();
}
