using Npgsql;

namespace SwePlatform.AppHost.Stores.Postgres;

/// <summary>
/// A private PostgreSQL server as a process of this machine: what <c>AddPostgres</c> is where containers run. A shell stands
/// between it and the orchestrator, whose SIGTERM would let the server wait for its clients; it wants SIGINT.
/// </summary>
internal sealed class PostgresProcess(string name, string folder, int port, ParameterResource password)
    : ExecutableResource(name, Shell, folder),
        IResourceWithConnectionString
{
    public const string Superuser = "swe";

    private const string Shell = "/bin/sh";

    // The server ends when its clients are gone or cut off; the shell stays until then, whatever signals come meanwhile.
    private const string Script = """
        trap 'kill -INT "$child"' TERM INT HUP
        "$@" & child=$!
        while :; do wait "$child"; code=$?; kill -0 "$child" 2>/dev/null || exit "$code"; done
        """;

    private PreparedCluster? _prepared;

    public int Port { get; } = port;

    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create(
            $"Host=127.0.0.1;Port={Port.ToString(System.Globalization.CultureInfo.InvariantCulture)};Username={Superuser};"
                + $"Password={password}"
        );

    public async Task<string> GetServerConnectionStringAsync(string database, CancellationToken cancellationToken) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = Superuser,
            Password = await password.GetValueAsync(cancellationToken),
            Database = database,
            Pooling = false,
        }.ConnectionString;

    /// <summary>Before each start: finds the programs, makes the cluster if there is none, ends what a killed run left behind.</summary>
    public async Task PrepareAsync(DataFolder data, string settingsFile, CancellationToken cancellationToken)
    {
        var secret = await password.GetValueAsync(cancellationToken) ?? throw new StartException("The database's password is empty.");
        _prepared = await PreparedCluster.CreateAsync(data, settingsFile, Port, secret, cancellationToken);
    }

    /// <summary>The arguments of the shell: the script, then the server's command line as the user that runs it.</summary>
    public IEnumerable<string> CommandLine() =>
        _prepared is { } cluster
            ?
            [
                "-c",
                Script,
                "postgres",
                .. cluster.Account.CommandLine(cluster.Binaries.Server),
                "-D",
                cluster.Storage.Cluster,
                "-c",
                $"config_file={cluster.Storage.Settings}",
            ]
            : throw new InvalidOperationException("PrepareAsync has to run before the server starts.");
}
