using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace SwePlatform.Api.Infrastructure.Caching;

/// <summary>Without Redis the platform is slower, not broken.</summary>
internal sealed class RedisHealthCheck(IConnectionMultiplexer redis, RedisMetrics metrics) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await metrics.MeasureAsync("ping", redis.GetDatabase().PingAsync()).WaitAsync(TimeSpan.FromSeconds(2), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return HealthCheckResult.Degraded("Redis does not answer.", exception);
        }
    }
}
