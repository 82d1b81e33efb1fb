using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SwePlatform.AppHost.Health;

/// <summary>
/// Health checks that wait a while for a yes. The orchestrator asks at growing intervals, of seconds; so it learns that something
/// is ready when that happens, and what waits for it starts then.
/// </summary>
internal static class HealthExtensions
{
    /// <summary>Checks that <paramref name="path"/> answers with a success.</summary>
    public static IResourceBuilder<T> WithReadinessCheck<T>(this IResourceBuilder<T> resource, string path)
        where T : IResourceWithEndpoints => resource.WithReadinessCheck(() => new HttpHealthCheck(resource.GetEndpoint("http"), path));

    public static IResourceBuilder<T> WithReadinessCheck<T>(this IResourceBuilder<T> resource, Func<IHealthCheck> create)
        where T : IResource
    {
        var name = $"{resource.Resource.Name}_check";
        var check = new Lazy<IHealthCheck>(() => new WaitingHealthCheck(create()));
        resource
            .ApplicationBuilder.Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(name, _ => check.Value, HealthStatus.Unhealthy, tags: null));
        return resource.WithHealthCheck(name);
    }

    private sealed class WaitingHealthCheck(IHealthCheck check) : IHealthCheck
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            for (var begun = TimeProvider.System.GetTimestamp(); ; await Task.Delay(Interval, cancellationToken))
            {
                var result = await check.CheckHealthAsync(context, cancellationToken);
                if (result.Status == HealthStatus.Healthy || TimeProvider.System.GetElapsedTime(begun) > Limit)
                {
                    return result;
                }
            }
        }
    }

    private sealed class HttpHealthCheck(EndpointReference endpoint, string path) : IHealthCheck
    {
        private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (!endpoint.IsAllocated)
            {
                return HealthCheckResult.Unhealthy("It has no address yet.");
            }
            try
            {
                using var response = await Client.GetAsync(new Uri(new Uri(endpoint.Url), path), cancellationToken);
                return response.IsSuccessStatusCode
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy($"{path} answers with {(int)response.StatusCode}.");
            }
            catch (Exception exception)
                when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                return HealthCheckResult.Unhealthy(exception.Message);
            }
        }
    }
}
