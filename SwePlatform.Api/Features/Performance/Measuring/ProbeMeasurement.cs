using System.Diagnostics;

namespace SwePlatform.Api.Features.Performance.Measuring;

/// <summary>Measures <c>/health</c> and <c>/alive</c>, which are answered before any middleware.</summary>
internal static class ProbeMeasurement
{
    public static void Measure(IEndpointConventionBuilder probe) =>
        probe.Add(endpoint =>
        {
            var services = endpoint.ApplicationServices;
            var path = ((RouteEndpointBuilder)endpoint).RoutePattern.RawText!;
            var durations = services.GetRequiredService<RequestDuration>();
            var series = new Lazy<LatencySeries>(() =>
                services.GetRequiredService<Measurements>().Latency(SeriesKind.Request, path, HttpMethods.Get)
            );
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = async context =>
            {
                var started = Stopwatch.GetTimestamp();
                await answer(context);
                if (HttpMethods.IsGet(context.Request.Method))
                {
                    var duration = Stopwatch.GetElapsedTime(started);
                    durations.Record(path, HttpMethods.Get, duration);
                    series.Value.Record(duration, failed: context.Response.StatusCode != StatusCodes.Status200OK);
                }
            };
        });
}
