using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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

namespace SwePlatform.ServiceDefaults;

/// <summary>Telemetry, health checks, resilience and service discovery, the same for every service.</summary>
public static class Extensions
{
    private const string MetricsPath = "/metrics";

    private static readonly double[] QueryBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>The activity source and meter name of this platform's own spans and metrics.</summary>
    public const string TelemetryName = "SwePlatform";

    /// <summary>Registers everything in this class for <paramref name="builder"/>.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddSecretFiles();
        builder.ConfigureOpenTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthProbes.LiveTag]);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<HealthProbes>();
        builder.Services.AddSingleton<IStartupFilter, ProbeFilter>();
        builder.Services.AddSingleton<RequestDuration>();
        builder.Services.AddHostedService<ProcessMetrics>();
        builder.AddTrustedProxies();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        if (builder.Configuration.GetValue<bool>(ParentWatch.Setting))
        {
            builder.Services.AddHostedService<ParentWatch>();
        }
        return builder;
    }

    private static void ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
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
    /// Maps <c>/metrics</c> (Prometheus): open to the machine itself; from elsewhere a signed-in caller is needed, or
    /// <c>Telemetry:AllowAnonymousMetrics</c>. <c>/health</c> (ready to serve) and <c>/alive</c> (the process runs) are there
    /// without it, and say only <c>Healthy</c> or <c>Unhealthy</c>.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        var open = app.Configuration.GetValue<bool>("Telemetry:AllowAnonymousMetrics");
        app.MapPrometheusScrapingEndpoint(MetricsPath)
            .RequireAuthorization(policy =>
                policy.RequireAssertion(context => open || context.User.Identity?.IsAuthenticated == true || IsLocal(context))
            );
        return app;
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments(HealthProbes.HealthPath)
        || path.StartsWithSegments(HealthProbes.AlivePath)
        || path.StartsWithSegments(MetricsPath);

    private static bool IsPlumbing(PathString path) =>
        path.StartsWithSegments("/_blazor")
        || path.StartsWithSegments("/_framework")
        || path.StartsWithSegments("/_content")
        || Path.GetExtension(path.Value) is ".css" or ".js" or ".svg" or ".png" or ".ico" or ".woff2";

    private static bool IsLocal(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext { Connection.RemoteIpAddress: { } address } && IPAddress.IsLoopback(address);
}
