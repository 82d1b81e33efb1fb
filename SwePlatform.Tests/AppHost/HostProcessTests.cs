using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using SwePlatform.AppHost.Embedded;
using SwePlatform.AppHost.Embedded.Postgres;
using SwePlatform.Tests.Builders;
using Xunit;

namespace SwePlatform.Tests.AppHost;

public sealed class HostProcessTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly StringWriter _written = new();
    private readonly TextWriter _output;

    public HostProcessTests() => _output = TextWriter.Synchronized(_written);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Cluster => Path.Combine(_folder.Database, "cluster");

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _written.Dispose();
    }

    [Fact]
    public async Task What_was_committed_survives_a_host_that_is_killed_and_its_server_is_stopped_cleanly_by_the_next_start()
    {
        using var host = await StartHostAsync("--stores-only");
        var orphan = Postmaster.Read(Cluster)!;
        await ExecuteAsync(orphan, "CREATE TABLE notes AS SELECT 'kept' AS text");
        // Together with the guard, which would stop the server.
        host.Kill(entireProcessTree: true);
        await host.WaitForExitAsync(Cancel);
        Assert.True(orphan.IsRunning());

        await using var system = await EmbeddedSystem.StartStoresAsync(_folder.Options(_output), Cancel);

        Assert.False(orphan.IsRunning());
        Assert.Contains($"PostgreSQL of the last run (process {orphan.ProcessId}) still runs", Output(), StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(system.DatabaseConnectionString);
        await using var command = source.CreateCommand("SELECT text FROM notes");
        Assert.Equal("kept", await command.ExecuteScalarAsync(Cancel));
        Assert.DoesNotContain("was not properly shut down", ServerLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_of_a_host_that_is_killed_stops_cleanly_by_itself()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no shell to guard it.");
        using var host = await StartHostAsync("--stores-only");
        var server = Postmaster.Read(Cluster)!;

        host.Kill();

        await Eventually.HoldsAsync(() => !server.IsRunning());
        // The process that writes the log outlives the server.
        await Eventually.HoldsAsync(() => ServerLog().Contains("database system is shut down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_ends_at_once_with_an_error()
    {
        await using var first = await EmbeddedSystem.StartStoresAsync(_folder.Options(), Cancel);

        using var second = Start("--stores-only");
        var error = await second.StandardError.ReadToEndAsync(Cancel);
        await second.WaitForExitAsync(Cancel);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"in use by another run (process {Environment.ProcessId})", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_termination_signal_stops_everything_and_is_a_success()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        using var host = await StartHostAsync("--stores-only");
        var server = Postmaster.Read(Cluster)!;

        using var kill = Process.Start("kill", ["-TERM", $"{host.Id}"]);
        await host.WaitForExitAsync(Cancel);

        Assert.Equal(0, host.ExitCode);
        Assert.False(server.IsRunning());
        Assert.Null(Postmaster.Read(Cluster));
    }

    [Fact]
    public async Task A_busy_port_is_named_together_with_the_option_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var options = new EmbeddedOptions { DataDirectory = _folder.Path, ApiPort = port };

        var refusal = await Assert.ThrowsAsync<HostException>(() => EmbeddedSystem.StartAsync(options, Cancel));

        Assert.Equal($"Port {port} is in use by another program. Stop that program, or choose another port with --api-port N.", refusal.Message);
    }

    [Fact]
    public async Task A_service_that_crashes_is_started_again_and_the_host_says_so()
    {
        await using var system = await EmbeddedSystem.StartAsync(_folder.Options(_output), Cancel);
        using var entry = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "run.json"), Cancel));
        using (var api = Process.GetProcessById(entry.RootElement.GetProperty("api").GetProperty("ProcessId").GetInt32()))
        {
            api.Kill();
        }

        await Eventually.HoldsAsync(() => Lines("Ready") == 2);

        Assert.Equal(1, Lines("Not ready: api ended with exit code"));
        using var client = new HttpClient { BaseAddress = system.ApiAddress };
        await Eventually.HoldsAsync(async () => (await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel)).StatusCode == HttpStatusCode.OK);
    }

    private string Output()
    {
        // The lock under which the host's own threads write.
        lock (_output)
        {
            return _written.ToString();
        }
    }

    private int Lines(string beginning) => Output().Split('\n').Count(line => line.StartsWith(beginning, StringComparison.Ordinal));

    private string ServerLog() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(_folder.Database, "log"), "postgresql-*.log").Select(File.ReadAllText));

    private async Task ExecuteAsync(Postmaster server, string sql)
    {
        var port = (await File.ReadAllLinesAsync(Postmaster.LockFile(server.Cluster), Cancel))[3];
        var password = (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "secrets", "postgres-password"), Cancel)).Trim();
        await using var source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={port};Username=swe;Password={password};Database={PostgresServer.Database};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<Process> StartHostAsync(params string[] arguments)
    {
        var host = Start(arguments);
        string? line;
        do
        {
            line = await host.StandardOutput.ReadLineAsync(Cancel);
            Assert.NotNull(line);
        }
        while (!line.StartsWith("Ready", StringComparison.Ordinal));
        return host;
    }

    private Process Start(params string[] arguments)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "SwePlatform.AppHost.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [host, "--data", _folder.Path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
