using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace SwePlatform.Web.Sessions;

/// <summary>Without Redis nobody can sign in or stay signed in: a replica that has lost it is not ready.</summary>
internal sealed class SessionHealthCheck(IConnectionMultiplexer redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer.", exception);
        }
    }
}
