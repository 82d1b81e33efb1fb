using System.Net;
using System.Net.Sockets;
using System.Text;
using Garnet;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace SwePlatform.AppHost.Embedded;

/// <summary>Garnet, which speaks Redis' protocol, in this process: loopback only, with a password, its data kept over restarts.</summary>
internal sealed class GarnetCache : IDisposable
{
    private readonly GarnetServer _server;

    private GarnetCache(GarnetServer server, string connectionString)
    {
        _server = server;
        ConnectionString = connectionString;
    }

    /// <summary>In the format of StackExchange.Redis.</summary>
    public string ConnectionString { get; }

    public static async Task<GarnetCache> StartAsync(DataDirectory data, CancellationToken cancellationToken)
    {
        var password = data.Secrets.RedisPassword;
        var endpoint = new IPEndPoint(IPAddress.Loopback, Ports.FindFree());
        var server = Start(Options(endpoint, password, data.Garnet));
        var cache = new GarnetCache(server, $"{endpoint},password={password},abortConnect=false");
        try
        {
            await PingAsync(endpoint, password, cancellationToken);
        }
        catch
        {
            cache.Dispose();
            throw;
        }
        return cache;
    }

    public void Dispose() => _server.Dispose();

    private static GarnetServer Start(GarnetServerOptions options)
    {
        try
        {
            var server = new GarnetServer(options);
            server.Start();
            return server;
        }
        catch (Exception exception)
        {
            // Garnet throws plain exceptions.
            throw new HostException($"Garnet did not start: {exception.Message} Its data ({options.CheckpointDir}) may be deleted: caches are filled again.", exception);
        }
    }

    private static GarnetServerOptions Options(IPEndPoint endpoint, string password, string folder) => new()
    {
        EndPoints = [endpoint],
        AuthSettings = new PasswordAuthenticationSettings(password),
        LogMemorySize = "64m",
        PageSize = "2m",
        SegmentSize = "64m",
        IndexMemorySize = "16m",
        EnableLua = true,
        LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Enable, []),
        // The default device wants a native library (libaio) that many machines do not have.
        DeviceType = DeviceType.RandomAccess,
        CheckpointDir = folder,
        Recover = true,
        EnableAOF = true,
        AofMemorySize = "16m",
        AofPageSize = "4m",
        AofSegmentSize = "16m",
        // Beyond this a checkpoint is taken and the log before it is dropped.
        AofSizeLimit = "64m",
        ExpiredKeyDeletionScanFrequencySecs = 60,
        MaxDatabases = 1,
        QuietMode = true,
    };

    private static async Task PingAsync(IPEndPoint endpoint, string password, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"*2\r\n$4\r\nAUTH\r\n${password.Length}\r\n{password}\r\n*1\r\n$4\r\nPING\r\n"), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        if (await reader.ReadLineAsync(cancellationToken) != "+OK" || await reader.ReadLineAsync(cancellationToken) != "+PONG")
        {
            throw new HostException($"Garnet does not answer on {endpoint}.");
        }
    }
}
