namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>Makes a new, empty cluster.</summary>
internal static class ClusterCreation
{
    private const string Unfinished = ".new";

    public static async Task RunAsync(
        PostgresStorage storage,
        PostgresBinaries binaries,
        ServerAccount account,
        string superuser,
        string password
    )
    {
        Terminal.Write($"Creating the database with PostgreSQL {binaries.Version} ({binaries.Folder})");
        RemoveRemains(storage);
        // Made beside its place and moved there when complete: an interrupted start leaves no half cluster. Under a
        // name of its own, because the initdb of a host that was killed may still be writing to the last one.
        var fresh = $"{storage.Cluster}{Unfinished}{Environment.ProcessId}";
        var passwordFile = Path.Combine(storage.Root, "initial-password");
        await PostgresStorage.CreateOwnedAsync(fresh, account);
        try
        {
            SecretFile.Write(passwordFile, password);
            await account.OwnAsync(passwordFile);
            var outcome = await InitAsync("C.UTF-8");
            if (!outcome.Succeeded && outcome.Output.Contains("locale", StringComparison.Ordinal))
            {
                outcome = await InitAsync("C");
            }
            if (!outcome.Succeeded)
            {
                throw new StartException(
                    outcome.Output.Contains("No space left", StringComparison.Ordinal)
                        ? $"There is no space for the database: the disk of {storage.Root} is full. Free some space, or choose "
                            + "another folder with --data DIR."
                        : $"The database could not be created: {outcome.Output}"
                );
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }
        Directory.Move(fresh, storage.Cluster);

        // Sorted by code point everywhere, so that indexes do not depend on the system's collations.
        Task<ExternalProgram.Outcome> InitAsync(string locale)
        {
            var start = account.Run(
                binaries.InitDb,
                "--pgdata",
                fresh,
                "--username",
                superuser,
                $"--pwfile={passwordFile}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                $"--locale={locale}",
                "--data-checksums"
            );
            start.WorkingDirectory = storage.Root;
            return ExternalProgram.RunAsync(start);
        }
    }

    private static void RemoveRemains(PostgresStorage storage)
    {
        foreach (var remains in Directory.GetDirectories(storage.Root, Path.GetFileName(storage.Cluster) + Unfinished + "*"))
        {
            try
            {
                Directory.Delete(remains, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Still in use; the start after the next one removes it.
            }
        }
    }
}
