using Microsoft.AspNetCore.Http.HttpResults;
using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.Resources;
using SwePlatform.Api.Features.Performance.Rollups;
using SwePlatform.Api.Features.Performance.SlowRequests;
using SwePlatform.Api.Features.Performance.Summary;
using SwePlatform.Api.Infrastructure.Caching;
using SwePlatform.Api.Infrastructure.Json;

namespace SwePlatform.Api.Features.Performance;

/// <summary>How fast the platform is, measured by itself, over all replicas and restarts.</summary>
internal static class PerformanceEndpoints
{
    public static void AddPerformance(this WebApplicationBuilder builder)
    {
        builder.AddJsonContext(PerformanceJson.Default);
        var services = builder.Services;
        services.AddOptions<PerformanceOptions>().BindConfiguration(PerformanceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Measurements>();
        services.AddHostedService<RecordingSwitch>();
        services.AddSingleton<SlowRequestRecorder>();
        services.AddSingleton<RollupStore>();
        services.AddSingleton<RollupQuery>();
        services.AddSingleton<RollupWriter>();
        services.AddSingleton<SummaryReader>();
        services.AddHostedService(provider => provider.GetRequiredService<RollupWriter>());
        services.AddHostedService<ResourceSampler>();
        services.AddHostedService<MeterTap>();
        SpanListener.Start();
    }

    /// <summary>Comes first, so that it measures all the others.</summary>
    public static void UsePerformance(this WebApplication app) => app.UseMiddleware<RequestMeasurement>();

    public static void MapPerformance(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/performance").WithTags("Performance");
        group.MapGet("/summary", SummarizeAsync).WithSummary("Percentiles, throughput and errors by endpoint, against the targets");
        group
            .MapGet("/timeline", TimelineAsync)
            .CacheOutput(SharedResponse.Brief)
            .WithSummary("The same over time, beside the use of resources");
        group
            .MapGet("/resources", ResourcesAsync)
            .CacheOutput(SharedResponse.Brief)
            .WithSummary("CPU, memory, garbage collection, disk and threads of each replica");
        group.MapGet("/cache", CachesAsync).WithSummary("Hits and misses by cache and level");
        group.MapSlowRequests();
    }

    private static async Task<Ok<PerformanceSummary>> SummarizeAsync(
        SummaryReader reader,
        CancellationToken cancellationToken,
        string? window = null
    ) => TypedResults.Ok(await reader.SummarizeAsync(Window.Parse(window), cancellationToken));

    private static async Task<Ok<PerformanceTimeline>> TimelineAsync(
        SummaryReader reader,
        CancellationToken cancellationToken,
        string? window = null
    ) => TypedResults.Ok(await reader.TimelineAsync(Window.Parse(window), cancellationToken));

    private static async Task<Ok<ResourceReport>> ResourcesAsync(
        SummaryReader reader,
        CancellationToken cancellationToken,
        string? window = null
    ) => TypedResults.Ok(await reader.ResourcesAsync(Window.Parse(window), cancellationToken));

    private static async Task<Ok<CacheReport>> CachesAsync(
        SummaryReader reader,
        CancellationToken cancellationToken,
        string? window = null
    ) => TypedResults.Ok(await reader.CachesAsync(Window.Parse(window), cancellationToken));
}
