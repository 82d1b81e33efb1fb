using System.Diagnostics;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>A cluster that can be started: made, configured, and without a server on it.</summary>
internal sealed record PreparedCluster(PostgresStorage Storage, PostgresBinaries Binaries, ServerAccount Account)
{
    private const string StopSeconds = "120";
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <exception cref="StartException">It cannot be started; the message says what to do.</exception>
    public static async Task<PreparedCluster> CreateAsync(
        DataFolder data,
        string settingsFile,
        int port,
        string password,
        CancellationToken cancellationToken
    )
    {
        var account = await ServerAccount.ChooseAsync(PostgresStorage.ClusterIn(data));
        var storage = await PostgresStorage.OpenAsync(data, account);
        var asked = Environment.GetEnvironmentVariable(PostgresBinaries.FolderVariable);
        var binaries = await PostgresBinaries.FindAsync(asked, storage, account, cancellationToken);
        if (!storage.HasCluster)
        {
            await ClusterCreation.RunAsync(storage, binaries, account, PostgresProcess.Superuser, password);
        }
        var cluster = new PreparedCluster(storage, binaries, account);
        await cluster.StopLeftoverAsync();
        await PostgresSettings.WriteAsync(storage, settingsFile, port, binaries.Version);
        return cluster;
    }

    private async Task StopLeftoverAsync()
    {
        if (Postmaster.Read(Storage.Cluster) is not { } last)
        {
            return;
        }
        if (last.IsRunning())
        {
            Terminal.Write($"PostgreSQL of the last run (process {last.ProcessId}) is still running; stopping it first");
            await StopAsync(last);
        }
        else if (last.ProcessExists())
        {
            // Another program has its pid now, which PostgreSQL would take for a running server.
            Terminal.Write(
                $"Removing the stale lock of a PostgreSQL that is no longer running; process {last.ProcessId} is another program now"
            );
            File.Delete(Postmaster.LockFile(Storage.Cluster));
        }
    }

    private async Task StopAsync(Postmaster running)
    {
        var stop = Account.Run(Binaries.Control, "stop", "-m", "fast", "-w", "-t", StopSeconds);
        stop.WorkingDirectory = Storage.Root;
        stop.Environment["PGDATA"] = Storage.Cluster;
        var outcome = await ExternalProgram.RunAsync(stop);
        var begun = Stopwatch.GetTimestamp();
        while (running.IsRunning())
        {
            if (Stopwatch.GetElapsedTime(begun) > StopLimit)
            {
                throw new StartException(
                    $"PostgreSQL of the last run (process {running.ProcessId}) does not stop. It was not killed, to protect the data. "
                        + $"{outcome.Output}"
                );
            }
            await Task.Delay(PollInterval);
        }
    }
}
