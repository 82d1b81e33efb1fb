using Npgsql;

namespace SwePlatform.AppHost.Embedded.Postgres;

/// <summary>
/// A private PostgreSQL server. <c>pg_ctl</c> starts it in a session of its own, so neither Ctrl-C at the
/// terminal nor the death of the host reaches it; what the last run left behind is stopped before the next start.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string Database = "swedb";

    public const string Superuser = "swe";
    private const int TailLines = 15;
    private const int StartAttempts = 4;
    private const string Patience = "120";
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly PostgresStorage _storage;
    private readonly PostgresBinaries _binaries;
    private readonly ServerAccount _account;
    private readonly string _password;
    private readonly HostLog _log;
    private readonly CancellationTokenSource _stopped = new();
    private Task _following = Task.CompletedTask;
    private ServerGuard? _guard;

    private PostgresServer(PostgresStorage storage, PostgresBinaries binaries, ServerAccount account, string password, HostLog log)
    {
        _storage = storage;
        _binaries = binaries;
        _account = account;
        _password = password;
        _log = log;
    }

    public int Port { get; private set; }

    public string ConnectionString => Connection(Database);

    public bool IsRunning => Postmaster.Read(_storage.Cluster)?.IsRunning() == true;

    public static async Task<PostgresServer> StartAsync(
        DataDirectory data, string? askedBinaries, string settingsFile, HostLog log, CancellationToken cancellationToken)
    {
        var account = await ServerAccount.ChooseAsync(PostgresStorage.ClusterIn(data));
        var storage = await PostgresStorage.OpenAsync(data, account, log);
        var binaries = await PostgresBinaries.FindAsync(askedBinaries, storage, account, log, cancellationToken);
        var server = new PostgresServer(storage, binaries, account, data.Secrets.PostgresPassword, log);
        if (!storage.HasCluster)
        {
            await ClusterCreation.RunAsync(storage, binaries, account, Superuser, server._password, log);
        }
        await server.StopLeftoverAsync();
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await server.LaunchAsync(settingsFile);
            await server.PrepareDatabaseAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    /// <summary>Starts the server again after it died, on the same port, so that what was told of it stays true.</summary>
    public Task RestartAsync() => PgCtlStartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _guard?.Dispose();
        await _stopped.CancelAsync();
        await _following;
        _stopped.Dispose();
    }

    private string Connection(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = Superuser,
        Password = _password,
        Database = database,
    }.ConnectionString;

    private async Task LaunchAsync(string settingsFile)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = Ports.FindFree();
            await PostgresSettings.WriteAsync(_storage, settingsFile, Port, _binaries.Version);
            try
            {
                await PgCtlStartAsync();
                break;
            }
            catch (HostException) when (attempt < StartAttempts && !_stopped.IsCancellationRequested)
            {
                // Somebody took the port meanwhile, or processes of a server that was killed are still ending.
                await Task.Delay(BetweenAttempts);
            }
        }
        _following = new PostgresLog(_storage.Logs, _log).FollowAsync(_stopped.Token);
    }

    private async Task PgCtlStartAsync()
    {
        // Relative to the working directory: pg_ctl hands these to a shell, which would read more into a path.
        var early = Path.Combine("log", "start.log");
        File.Delete(Path.Combine(_storage.Root, early));
        var outcome = await PgCtlAsync("start", "-w", "-t", Patience, "-l", early, "-o", "-c config_file=postgresql.conf");
        if (!outcome.Succeeded)
        {
            throw new HostException($"PostgreSQL {_binaries.Version} ({_binaries.Folder}) did not start: {outcome.Output}\n{PostgresLog.Tail(_storage.Logs, TailLines)}");
        }
        _guard?.Dispose();
        _guard = Postmaster.Read(_storage.Cluster) is { } server ? ServerGuard.Start(server, _account) : null;
    }

    private async Task PrepareDatabaseAsync(CancellationToken cancellationToken)
    {
        await using (var maintenance = new NpgsqlConnection(Connection("postgres") + ";Pooling=false"))
        {
            await maintenance.OpenAsync(cancellationToken);
            await using var exists = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{Database}'", maintenance);
            if (await exists.ExecuteScalarAsync(cancellationToken) is null)
            {
                await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", maintenance);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var extension = new NpgsqlCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", connection);
        await extension.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task StopLeftoverAsync()
    {
        if (Postmaster.Read(_storage.Cluster) is not { } last)
        {
            return;
        }
        if (last.IsRunning())
        {
            _log.Host($"PostgreSQL of the last run (process {last.ProcessId}) still runs: stopping it first");
            await StopAsync();
            if (last.IsRunning())
            {
                throw new HostException($"PostgreSQL of the last run (process {last.ProcessId}) does not stop. It was not killed, to keep the data whole: see {_storage.Logs}");
            }
        }
        else if (last.ProcessExists())
        {
            // Another program has its pid now, which PostgreSQL would take for a running server.
            _log.Host($"Removing the lock of a PostgreSQL that is gone; process {last.ProcessId} is another program now");
            File.Delete(Postmaster.LockFile(_storage.Cluster));
        }
    }

    private async Task StopAsync()
    {
        if (Postmaster.Read(_storage.Cluster) is not { } running || !running.IsRunning())
        {
            return;
        }
        var outcome = await PgCtlAsync("stop", "-m", "fast", "-w", "-t", Patience);
        // A second Ctrl-C ends pg_ctl, but not the stop that it asked for.
        using var patience = new CancellationTokenSource(StopPatience);
        while (running.IsRunning() && !patience.IsCancellationRequested)
        {
            await Task.Delay(PollInterval);
        }
        if (running.IsRunning())
        {
            _log.Host($"PostgreSQL (process {running.ProcessId}) is still stopping; it is not killed, to keep the data whole. {outcome.Output}");
        }
    }

    private Task<ExternalProgram.Outcome> PgCtlAsync(params IEnumerable<string> arguments)
    {
        var start = _account.Run(_binaries.Control, arguments);
        start.WorkingDirectory = _storage.Root;
        start.Environment["PGDATA"] = _storage.Cluster;
        return ExternalProgram.RunAsync(start);
    }
}
