using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace SwePlatform.Tests.Fixtures;

/// <summary>A way to Redis that can be blocked and cut without harm to the other tests, who use the same server.</summary>
internal sealed class RedisRelay : IAsyncDisposable
{
    private readonly ConfigurationOptions _redis;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _port;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile TaskCompletionSource? _paused;

    public RedisRelay(string redis)
    {
        _redis = ConfigurationOptions.Parse(redis);
        Listen(0);
        _port = ((IPEndPoint)_listener!.LocalEndpoint).Port;
        var address = ConfigurationOptions.Parse(redis);
        address.EndPoints.Clear();
        address.EndPoints.Add(IPAddress.Loopback, _port);
        ConnectionString = address.ToString(includePassword: true);
    }

    public string ConnectionString { get; }

    /// <summary>Connections stay and say nothing, like those of a server that has been stopped by SIGSTOP.</summary>
    public void Pause() => _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connections break and no new ones are accepted, like those of a server that has been killed.</summary>
    public void Kill()
    {
        _listener!.Dispose();
        lock (_open)
        {
            foreach (var socket in _open)
            {
                socket.Dispose();
            }
            _open.Clear();
        }
    }

    /// <summary>All is well again, after either.</summary>
    public void Restore()
    {
        if (_paused is { } paused)
        {
            _paused = null;
            paused.SetResult();
        }
        else
        {
            Listen(_port);
        }
    }

    private void Listen(int port)
    {
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync(_stopping.Token);
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_redis.EndPoints[0], _stopping.Token);
                lock (_open)
                {
                    _open.UnionWith([near, far]);
                }
                _ = CopyAsync(near, far);
                _ = CopyAsync(far, near);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Killed, or at an end.
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token) is > 0 and var read)
            {
                await (_paused?.Task ?? Task.CompletedTask);
                await to.SendAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either end may go at any time.
        }
        from.Dispose();
        to.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _paused?.TrySetResult();
        Kill();
        await _accepting;
        _stopping.Dispose();
    }
}
