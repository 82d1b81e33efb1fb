namespace SwePlatform.AppHost.Embedded.Postgres;

/// <summary>Makes a new, empty cluster.</summary>
internal static class ClusterCreation
{
    public static async Task RunAsync(
        PostgresStorage storage, PostgresBinaries binaries, ServerAccount account, string superuser, string password, HostLog log)
    {
        log.Host($"Creating the database with PostgreSQL {binaries.Version} ({binaries.Folder})");
        // Made beside its place and moved there when complete: an interrupted start leaves no half cluster.
        var fresh = storage.Cluster + ".new";
        var passwordFile = Path.Combine(storage.Root, "initial-password");
        if (Directory.Exists(fresh))
        {
            Directory.Delete(fresh, recursive: true);
        }
        await PostgresStorage.CreateOwnedAsync(fresh, account);
        try
        {
            Secrets.Write(passwordFile, password);
            await account.OwnAsync(passwordFile);
            var outcome = await InitAsync("C.UTF-8");
            if (!outcome.Succeeded && outcome.Output.Contains("locale", StringComparison.Ordinal))
            {
                outcome = await InitAsync("C");
            }
            if (!outcome.Succeeded)
            {
                throw new HostException($"The database could not be created: {outcome.Output}");
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
                binaries.InitDb, "--pgdata", fresh, "--username", superuser, $"--pwfile={passwordFile}", "--auth=scram-sha-256",
                "--encoding=UTF8", $"--locale={locale}", "--data-checksums");
            start.WorkingDirectory = storage.Root;
            return ExternalProgram.RunAsync(start);
        }
    }
}
