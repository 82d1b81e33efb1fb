using System.Diagnostics;
using System.Globalization;
using Npgsql;
using StackExchange.Redis;
using SwePlatform.Api.Data;
using SwePlatform.AppHost.Stores.Postgres;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.AppHost;

public sealed class StoresTests : IDisposable
{
    private readonly TestDataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_and_keys_survive_a_restart()
    {
        await using (var first = await StartAsync())
        {
            await QueryAsync(first, "CREATE TABLE notes AS SELECT 'kept' AS text");
            await using var redis = await ConnectAsync(first);
            await redis.GetDatabase().StringSetAsync("note", "kept");
            await redis.GetDatabase().HashSetAsync("notes", "first", "kept");
        }

        await using var second = await StartAsync();

        Assert.Equal("kept", await QueryAsync(second, "SELECT text FROM notes"));
        await using var again = await ConnectAsync(second);
        Assert.Equal("kept", await again.GetDatabase().StringGetAsync("note"));
        Assert.Equal("kept", await again.GetDatabase().HashGetAsync("notes", "first"));
    }

    [Fact]
    public async Task The_server_is_private_to_this_machine_and_follows_the_repositorys_settings()
    {
        await using var system = await StartAsync();

        Assert.Equal("127.0.0.1", await QueryAsync(system, "SHOW listen_addresses"));
        Assert.Equal("", await QueryAsync(system, "SHOW unix_socket_directories"));
        Assert.Equal("100ms", await QueryAsync(system, "SHOW log_min_duration_statement"));
        Assert.Equal("UTF8", await QueryAsync(system, "SHOW server_encoding"));
        Assert.Equal(1L, await QueryAsync(system, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'"));
        Assert.Equal("scram-sha-256", await QueryAsync(system, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"));
        var stranger = new NpgsqlConnectionStringBuilder(system.DatabaseConnectionString) { Password = "wrong" };
        await using var connection = new NpgsqlConnection(stranger.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Cancel));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task A_hundred_and_twenty_connections_work_at_once()
    {
        const int count = 120;
        await using var system = await StartAsync();
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(system.DatabaseConnectionString) { MaxPoolSize = count, Timeout = 60 }
        );

        var connections = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => source.OpenConnectionAsync(Cancel).AsTask()));
        var answers = await Task.WhenAll(
            connections.Select(
                async (connection, number) =>
                {
                    await using var command = new NpgsqlCommand(
                        "SELECT $1, (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), pg_backend_pid()",
                        connection
                    )
                    {
                        Parameters = { new() { Value = number } },
                    };
                    await using var reader = await command.ExecuteReaderAsync(Cancel);
                    await reader.ReadAsync(Cancel);
                    return (Number: reader.GetInt32(0), Connected: reader.GetInt64(1), Process: reader.GetInt32(2));
                }
            )
        );

        Assert.Equal(Enumerable.Range(0, count), answers.Select(answer => answer.Number));
        Assert.All(answers, answer => Assert.True(answer.Connected >= count));
        Assert.Equal(count, answers.Select(answer => answer.Process).Distinct().Count());
        await Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Three_replicas_with_full_pools_and_administrators_find_room_on_the_server()
    {
        await using var system = await StartAsync();
        var pool = new NpgsqlConnectionStringBuilder(new DatabaseOptions().Apply(system.DatabaseConnectionString)).MaxPoolSize;

        Assert.Equal(60, pool);
        Assert.True(int.Parse((string)(await QueryAsync(system, "SHOW max_connections"))!, CultureInfo.InvariantCulture) >= 3 * pool + 10);
    }

    [Fact]
    public async Task Garnet_wants_its_password()
    {
        await using var system = await StartAsync();
        var options = ConfigurationOptions.Parse(system.RedisConnectionString);
        options.Password = null;
        options.AbortOnConnectFail = true;

        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(options));
    }

    [Fact]
    public async Task The_lock_of_a_dead_server_whose_pid_another_process_has_now_is_no_obstacle()
    {
        await (await StartAsync()).DisposeAsync();
        // The most confusing process that there can be: alive, and of the user who runs the server.
        using var other = StartSleepAsServerUser();
        await File.WriteAllLinesAsync(
            Postmaster.LockFile(Path.Combine(_folder.Database, "cluster")),
            [
                other.Id.ToString(CultureInfo.InvariantCulture),
                Path.Combine(_folder.Database, "cluster"),
                "1700000000",
                "5432",
                "",
                "127.0.0.1",
                "  1 1",
                "ready   ",
            ],
            Cancel
        );

        await using var system = await StartAsync();

        Assert.Equal(1, await QueryAsync(system, "SELECT 1"));
        Assert.False(other.HasExited);
        other.Kill();
    }

    [Fact]
    public async Task A_first_start_that_was_cut_short_is_begun_anew()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Database, "cluster.new", "base"));

        await using var system = await StartAsync();

        Assert.Equal(1, await QueryAsync(system, "SELECT 1"));
    }

    [Fact]
    public async Task Roots_server_runs_as_somebody_else_even_if_the_data_is_where_only_root_gets_in()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root needs another user.");
        using var folder = new TestDataFolder(passable: false);

        await using (var system = await AspireSystem.StartStoresAsync(folder.Path))
        {
            var server = Postmaster.Read(Path.Combine(folder.Database, "cluster"))!;
            var status = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status", Cancel);
            Assert.DoesNotContain(
                "\t0\t",
                status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain(
                "\t0\t",
                status.Single(line => line.StartsWith("Gid:", StringComparison.Ordinal)),
                StringComparison.Ordinal
            );
            await QueryAsync(system, "CREATE TABLE notes AS SELECT 'kept' AS text");
        }

        Assert.StartsWith("/var/lib/swe-platform/", folder.DatabaseElsewhere, StringComparison.Ordinal);
        await using var again = await AspireSystem.StartStoresAsync(folder.Path);
        Assert.Equal("kept", await QueryAsync(again, "SELECT text FROM notes"));
    }

    private Task<AspireSystem> StartAsync() => AspireSystem.StartStoresAsync(_folder.Path);

    private static Task<ConnectionMultiplexer> ConnectAsync(AspireSystem system) =>
        ConnectionMultiplexer.ConnectAsync($"{system.RedisConnectionString},connectTimeout=60000,asyncTimeout=60000");

    private static Process StartSleepAsServerUser()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sleep program.");
        var start = new ProcessStartInfo("sleep", ["600"]);
        if (Environment.IsPrivilegedProcess && OperatingSystem.IsLinux())
        {
            start.UserName = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
                ? "postgres"
                : "nobody";
        }
        return Process.Start(start)!;
    }

    private static async Task<object?> QueryAsync(AspireSystem system, string sql)
    {
        await using var source = NpgsqlDataSource.Create(system.DatabaseConnectionString + ";Pooling=false;Timeout=60");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
