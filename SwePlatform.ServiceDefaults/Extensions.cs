using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SwePlatform.ServiceDefaults.Health;
using SwePlatform.ServiceDefaults.Hosting;
using SwePlatform.ServiceDefaults.Telemetry;

namespace SwePlatform.ServiceDefaults;

/// <summary>Telemetry, health checks, resilience and service discovery, the same for every service.</summary>
public static class Extensions
{
    private const string MetricsPath = "/metrics";
    private const string HealthPath = "/health";
    private const string AlivePath = "/alive";
    private const string LiveTag = "live";

    private static readonly byte[] Healthy = "Healthy"u8.ToArray();
    private static readonly byte[] Unhealthy = "Unhealthy"u8.ToArray();

    private static readonly double[] QueryBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>The activity source and meter name of this platform's own spans and metrics.</summary>
    public const string TelemetryName = "SwePlatform";

    /// <summary>Registers everything in this class for <paramref name="builder"/>.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddSecretFiles();
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddTrustedProxies();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>
    /// Logs and metrics always, traces and their export if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to; Prometheus by
    /// <see cref="MapDefaultEndpoints"/>.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHostedService<ProcessMetrics>();
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder
            .Services.AddOpenTelemetry()
            // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes last, so it wins.
            .ConfigureResource(resource =>
                resource
                    .AddService(
                        builder.Environment.ApplicationName,
                        serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}"
                    )
                    .AddEnvironmentVariableDetector()
            )
            .WithMetrics(metrics =>
                metrics
                    // Not all that AddAspNetCoreInstrumentation takes: routing, authentication and Kestrel's memory pool count several
                    // times a request, which costs a tenth of what a probe does, and says nothing that the durations do not.
                    .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Diagnostics")
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter("Npgsql", TelemetryName)
                    .AddView(DatabaseView)
                    .AddView(RequestView)
                    .AddPrometheusExporter()
            );
        if (builder.Configuration["OTEL_METRICS_EXEMPLAR_FILTER"] is null)
        {
            telemetry.WithMetrics(static metrics => metrics.SetExemplarFilter(ExemplarFilterType.TraceBased));
        }

        // Without a receiver spans would be made for nobody, and they cost more than many of the requests they describe.
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.WithTracing(tracing =>
                tracing
                    .AddSource(builder.Environment.ApplicationName, "Npgsql", TelemetryName)
                    // Probes, scrapes and a page's own connection would drown the traces that people look for.
                    .AddAspNetCoreInstrumentation(options =>
                        options.Filter = context => !IsProbe(context.Request.Path) && !IsPlumbing(context.Request.Path)
                    )
                    .AddProcessor(new BackgroundNoise())
                    .AddHttpClientInstrumentation()
            );
            if (builder.Configuration["OTEL_TRACES_SAMPLER"] == "always_on")
            {
                // Aspire's setting for a developer's machine. What belongs to a request that is left out is left out with it.
                telemetry.WithTracing(static tracing => tracing.SetSampler(new ParentBasedSampler(new AlwaysOnSampler())));
            }
            telemetry.UseOtlpExporter();
        }
        return builder;
    }

    /// <summary>A check that the process runs, and reports that are good for a second.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        var checks = services.Single(service => service.ServiceType == typeof(HealthCheckService)).ImplementationType!;
        services.Replace(
            ServiceDescriptor.Singleton<HealthCheckService>(provider => new CachedHealthChecks(
                (HealthCheckService)ActivatorUtilities.CreateInstance(provider, checks),
                provider.GetRequiredService<TimeProvider>()
            ))
        );
        return builder;
    }

    // The API counts them itself, for less, and without probes.
    private static MetricStreamConfiguration? RequestView(Instrument instrument) =>
        instrument is { Meter.Name: "Microsoft.AspNetCore.Hosting", Name: "http.server.active_requests" }
            ? MetricStreamConfiguration.Drop
            : null;

    // The bounds hold the targets (100 and 500 ms); the server's address would only repeat the pool's name.
    private static MetricStreamConfiguration? DatabaseView(Instrument instrument) =>
        instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.duration" }
            ? new ExplicitBucketHistogramConfiguration
            {
                Name = "db_query_duration",
                Boundaries = QueryBounds,
                TagKeys = ["db.client.connection.pool.name"],
            }
            : null;

    /// <summary>
    /// Maps <c>/health</c> (ready to serve) and <c>/alive</c> (the process runs), which say only <c>Healthy</c> or <c>Unhealthy</c>
    /// and are answered before any middleware: no authentication, no limit stands before a probe. And <c>/metrics</c> (Prometheus):
    /// open to the machine itself; from elsewhere a signed-in caller is needed, or <c>Telemetry:AllowAnonymousMetrics</c>.
    /// </summary>
    /// <param name="configureProbe">What else is to be done to the two probes.</param>
    public static WebApplication MapDefaultEndpoints(this WebApplication app, Action<IEndpointConventionBuilder>? configureProbe = null)
    {
        configureProbe ??= _ => { };
        configureProbe(app.MapProbe(HealthPath, _ => true));
        configureProbe(app.MapProbe(AlivePath, check => check.Tags.Contains(LiveTag)));
        var open = app.Configuration.GetValue<bool>("Telemetry:AllowAnonymousMetrics");
        app.MapPrometheusScrapingEndpoint(MetricsPath)
            .RequireAuthorization(policy =>
                policy.RequireAssertion(context => open || context.User.Identity?.IsAuthenticated == true || IsLocal(context))
            );
        return app;
    }

    private static IEndpointConventionBuilder MapProbe(this WebApplication app, string path, Func<HealthCheckRegistration, bool> predicate)
    {
        var options = new HealthCheckOptions
        {
            Predicate = predicate,
            ResponseWriter = WriteHealthAsync,
            // The writer says so itself, in one header instead of three.
            AllowCachingResponses = true,
        };
        var probe = app.MapHealthChecks(path, options).ShortCircuit().DisableHttpMetrics();
        // A route that is limited by method would refuse others behind authentication.
        probe.Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => IsRead(context.Request) ? answer(context) : RefuseAsync(context.Response);
        });
        return probe;
    }

    // The body is for strangers, so it says no more. Degraded means that a cache is gone: slower, still ready.
    private static Task WriteHealthAsync(HttpContext context, HealthReport report)
    {
        var response = context.Response;
        var body = report.Status == HealthStatus.Unhealthy ? Unhealthy : Healthy;
        response.ContentType = "text/plain";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length);
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static Task RefuseAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        response.Headers.Allow = $"{HttpMethods.Get}, {HttpMethods.Head}";
        return Task.CompletedTask;
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments(HealthPath) || path.StartsWithSegments(AlivePath) || path.StartsWithSegments(MetricsPath);

    private static bool IsPlumbing(PathString path) =>
        path.StartsWithSegments("/_blazor")
        || path.StartsWithSegments("/_framework")
        || path.StartsWithSegments("/_content")
        || Path.GetExtension(path.Value) is ".css" or ".js" or ".svg" or ".png" or ".ico" or ".woff2";

    private static bool IsLocal(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext { Connection.RemoteIpAddress: { } address } && IPAddress.IsLoopback(address);
}
