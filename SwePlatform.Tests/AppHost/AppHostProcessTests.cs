using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using StackExchange.Redis;
using SwePlatform.AppHost.Stores.Postgres;
using SwePlatform.Tests.Builders;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.AppHost;

/// <summary>The AppHost in a process of its own, as a person starts, stops and kills it.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private readonly TestDataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Cluster => Path.Combine(_folder.Database, "cluster");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_committed_survives_an_AppHost_an_orchestrator_and_a_server_that_are_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test looks for processes in /proc.");
        using (var first = await AppHostProcess.StartAsync(_folder.Path, "--stores-only", "true"))
        {
            await ExecuteAsync("CREATE TABLE notes AS SELECT 1 AS number");
            first.Process.Kill();
            await first.Process.WaitForExitAsync(Cancel);
        }
        using (var second = await AppHostProcess.StartAsync(_folder.Path, "--stores-only", "true"))
        {
            await ExecuteAsync("INSERT INTO notes VALUES (2)");
            second.KillOrchestrator();
            await second.Process.WaitForExitAsync(Cancel);
            Assert.Equal(1, second.Process.ExitCode);
            Assert.Contains("The orchestrator (DCP", second.Errors, StringComparison.Ordinal);
        }
        using var third = await AppHostProcess.StartAsync(_folder.Path, "--stores-only", "true");
        await ExecuteAsync("INSERT INTO notes VALUES (3)");
        using (var server = Process.GetProcessById(Postmaster.Read(Cluster)!.ProcessId))
        {
            server.Kill();
        }
        await Eventually.HoldsAsync(() => third.Lines("Ready") == 2);

        Assert.Equal(1, third.Lines("Not ready: postgres ended"));
        Assert.Equal("1,2,3", await QueryAsync("SELECT string_agg(number::text, ',' ORDER BY number) FROM notes"));
        await third.StopAsync();
    }

    [Fact]
    public async Task A_write_to_Garnet_survives_its_being_killed()
    {
        using var system = await AppHostProcess.StartAsync(_folder.Path, "--stores-only", "true");
        var address = $"{RunFile().GetProperty("redis").GetString()},connectTimeout=60000,asyncTimeout=60000";
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(address))
        {
            await redis.GetDatabase().StringSetAsync("note", "kept");
        }
        // Written behind the answer: what is half a second old is on the disk.
        await Task.Delay(500, Cancel);
        system.KillChild("SwePlatform.Garnet");
        await Eventually.HoldsAsync(() => system.Lines("Ready") == 2);

        await using var again = await ConnectionMultiplexer.ConnectAsync(address);
        Assert.Equal("kept", await again.GetDatabase().StringGetAsync("note"));
        await system.StopAsync();
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_ends_at_once_with_an_error()
    {
        await using var first = await AspireSystem.StartStoresAsync(_folder.Path);

        using var second = AppHostProcess.Start(_folder.Path, "--stores-only", "true");
        await second.Process.WaitForExitAsync(Cancel);

        Assert.Equal(1, second.Process.ExitCode);
        Assert.Contains($"in use by another run (process {Environment.ProcessId})", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_termination_signal_stops_everything_leaves_a_clean_cluster_and_is_a_success()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        using var system = await AppHostProcess.StartAsync(_folder.Path, "--stores-only", "true");
        var server = Postmaster.Read(Cluster)!;
        Assert.Equal(system.Process.Id, RunFile().GetProperty("processId").GetInt32());

        await system.StopAsync();

        Assert.Equal(0, system.Process.ExitCode);
        Assert.False(server.IsRunning());
        Assert.Null(Postmaster.Read(Cluster));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "run.json")));
    }

    [Fact]
    public async Task A_busy_port_is_named_together_with_the_option_that_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        using var system = AppHostProcess.Start(_folder.Path, "--api-port", port.ToString(CultureInfo.InvariantCulture));
        await system.Process.WaitForExitAsync(Cancel);

        Assert.Equal(1, system.Process.ExitCode);
        Assert.Equal(
            $"Port {port} is in use by another program. Stop that program, or choose another port with --api-port N.",
            system.Errors.Trim()
        );
    }

    [Fact]
    public async Task A_folder_without_postgres_programs_is_refused_by_the_name_of_the_setting()
    {
        using var system = AppHostProcess.StartWith(
            new() { ["SWE_POSTGRES_BIN"] = Path.GetTempPath() },
            _folder.Path,
            "--stores-only",
            "true"
        );
        await system.Process.WaitForExitAsync(Cancel);

        Assert.Equal(1, system.Process.ExitCode);
        Assert.Contains("SWE_POSTGRES_BIN", system.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", system.Errors, StringComparison.Ordinal);
    }

    private JsonElement RunFile()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "run.json")));
        return file.RootElement.Clone();
    }

    private async Task ExecuteAsync(string sql) => await QueryAsync(sql);

    private async Task<object?> QueryAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{RunFile().GetProperty("database").GetString()};Pooling=false;Timeout=60");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
