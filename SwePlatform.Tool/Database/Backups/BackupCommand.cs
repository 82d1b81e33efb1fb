using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Database.Backups;

/// <summary>Backs up a database while it is in use. Dump and checksums are of the same instant.</summary>
internal sealed class BackupCommand(TextWriter output)
{
    /// <param name="keep">How many backups of this database stay in the folder; null keeps all.</param>
    public async Task<int> RunAsync(NpgsqlConnectionStringBuilder target, string folder, int? keep, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var connection = await target.OpenAsync(cancellationToken);
        var program = await PostgresProgram.FindAsync("pg_dump", connection.PostgreSqlVersion.Major);
        var restore = await PostgresProgram.FindAsync("pg_restore", connection.PostgreSqlVersion.Major);
        CreateFolder(folder);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Database}-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss-fff}{BackupFile.Extension}"
        );
        var path = Path.Combine(folder, name);
        var (dump, part) = (path + ".dump.part", path + ".part");
        try
        {
            var manifest = await WorkProgress.RunAsync(
                output,
                async work =>
                {
                    work.Report($"Dumping {target.Database}");
                    var dumped = await DumpAsync(connection, target, program, dump, cancellationToken);
                    work.Report("Writing the backup");
                    await BackupFile.WriteAsync(part, dumped, dump, cancellationToken);
                    File.Delete(dump);
                    work.Report("Reading it again");
                    await CheckAsync(part, dump, restore, target, cancellationToken);
                    return dumped;
                },
                quiet: true
            );
            File.Move(part, path);
            var (tables, size) = (manifest.Contents.Tables, new FileInfo(path).Length / 1024.0);
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: {tables.Count} tables, {tables.Sum(table => table.Rows)} rows, {size:0} KiB, "
                        + $"{watch.Elapsed.TotalSeconds:0.0} s"
                )
            );
        }
        finally
        {
            File.Delete(dump);
            File.Delete(part);
        }
        if (keep is { } count)
        {
            await PruneAsync(folder, target.Database!, count, cancellationToken);
        }
        return 0;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async Task<BackupManifest> DumpAsync(
        NpgsqlConnection connection,
        NpgsqlConnectionStringBuilder target,
        PostgresProgram program,
        string dump,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var snapshot = await AskAsync(connection, "SELECT pg_export_snapshot()", cancellationToken);
        // Before pg_dump opens it, so that it is private from the beginning.
        await BackupFile.CreatePrivate(dump).DisposeAsync();
        var dumping = program.RunAsync(
            target,
            ["-Fc", "--no-password", $"--snapshot={snapshot}", $"--file={dump}", $"--dbname={target.Database}"],
            cancellationToken
        );
        var contents = await DatabaseContents.ReadAsync(connection, cancellationToken);
        var migration = await AskAsync(connection, "SELECT to_regclass('public.\"__EFMigrationsHistory\"')::text", cancellationToken)
            is null
            ? null
            : await AskAsync(connection, "SELECT max(migration_id) FROM public.\"__EFMigrationsHistory\"", cancellationToken);
        var outcome = await dumping;
        if (!outcome.Succeeded)
        {
            throw new CommandException($"pg_dump failed: {outcome.Output}");
        }
        return new(
            BackupFile.Format,
            TimeProvider.System.GetUtcNow(),
            target.Database!,
            connection.ServerVersion,
            migration,
            Checkout.TryFind() is { } checkout ? await checkout.ReadCommitAsync(cancellationToken) : null,
            await BackupFile.HashAsync(dump, cancellationToken),
            new FileInfo(dump).Length,
            contents
        );
    }

    // A disk that is full or failing shows when what was written is read again.
    private static async Task CheckAsync(
        string part,
        string dump,
        PostgresProgram restore,
        NpgsqlConnectionStringBuilder target,
        CancellationToken cancellationToken
    )
    {
        await BackupFile.ExtractAsync(part, dump, cancellationToken);
        var listed = await restore.RunAsync(target, ["--list", dump], cancellationToken);
        if (!listed.Succeeded)
        {
            throw new CommandException($"The backup could not be read again: {listed.Output}");
        }
    }

    /// <summary>Removes the oldest backups of this database. Those that cannot be read do not count, and stay.</summary>
    private async Task PruneAsync(string folder, string database, int keep, CancellationToken cancellationToken)
    {
        var good = new List<(string Path, DateTimeOffset At)>();
        foreach (var path in Directory.GetFiles(folder, "*" + BackupFile.Extension))
        {
            try
            {
                var manifest = await BackupFile.ReadManifestAsync(path, cancellationToken);
                if (manifest.Database == database && new FileInfo(path).Length > manifest.DumpBytes)
                {
                    good.Add((path, manifest.CreatedAt));
                }
            }
            catch (CommandException exception)
            {
                await output.WriteLineAsync($"Skipped: {exception.Message}");
            }
        }
        foreach (var (path, _) in good.OrderByDescending(backup => backup.At).Skip(Math.Max(1, keep)))
        {
            File.Delete(path);
            await output.WriteLineAsync($"Removed {path}");
        }
    }

    private static async Task<string?> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
