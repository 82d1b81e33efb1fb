using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace SwePlatform.AppHost.Stores.Garnet;

/// <summary>Garnet, which speaks Redis' protocol, as a process of this machine: what <c>AddRedis</c> is where containers run.</summary>
internal sealed class GarnetProcess(string name, string program, string folder, int port, ParameterResource password)
    : ExecutableResource(name, program, folder),
        IResourceWithConnectionString
{
    public int Port { get; } = port;

    public ParameterResource Password { get; } = password;

    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)},password={Password}");
}

/// <summary>Whether Garnet answers a PING, over one connection that stays.</summary>
internal sealed class GarnetHealthCheck(GarnetProcess server) : IHealthCheck, IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private ConnectionMultiplexer? _connection;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = await ConnectAsync(cancellationToken);
            await connection.GetDatabase().PingAsync();
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }
        _gate.Dispose();
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _connection ??= await ConnectionMultiplexer.ConnectAsync(
                new ConfigurationOptions
                {
                    EndPoints = { { "127.0.0.1", server.Port } },
                    Password = await server.Password.GetValueAsync(cancellationToken),
                    ConnectTimeout = 2000,
                }
            );
        }
        finally
        {
            _gate.Release();
        }
    }
}
