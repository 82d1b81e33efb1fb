using SwePlatform.AppHost.Stores;

namespace SwePlatform.AppHost.Monitoring;

/// <summary>Prometheus and Grafana with the configuration and the dashboards in deploy/.</summary>
internal static class MonitoringExtensions
{
    private const string Image = "prom/prometheus";
    private const int PrometheusPort = 9090;
    private const int GrafanaPort = 3000;

    /// <summary>As containers where an engine runs; else Prometheus, if it is on the PATH, to be started by hand.</summary>
    public static void AddMonitoring(
        this IDistributedApplicationBuilder builder,
        PlatformData data,
        params IReadOnlyList<IResourceBuilder<ProjectResource>> services
    )
    {
        if (builder.UsesContainers())
        {
            builder.AddContainers(services);
        }
        else if (SearchPath.Find("prometheus") is not null && !OperatingSystem.IsWindows())
        {
            var storage = Path.Combine(data.Folder.Root, "prometheus");
            var port = Ports.FindFree();
            builder
                .AddExecutable(
                    "prometheus",
                    "/bin/sh",
                    builder.AppHostDirectory,
                    "../deploy/prometheus/start.sh",
                    $"--storage.tsdb.path={storage}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--enable-feature=exemplar-storage"
                )
                .WithHttpEndpoint(port: port, targetPort: port, isProxied: false)
                .WithEnvironment("PROMETHEUS_CONFIG", Path.Combine(data.Folder.Root, "prometheus-config"))
                .WithScrapeTargets(services)
                .WithHttpHealthCheck("/-/ready")
                .WithIconName("DataLine")
                .WithExplicitStart();
        }
    }

    private static void AddContainers(
        this IDistributedApplicationBuilder builder,
        IReadOnlyList<IResourceBuilder<ProjectResource>> services
    )
    {
        // Prometheus calls from a container, which to them is another machine.
        foreach (var service in services)
        {
            service.WithEnvironment("Telemetry__AllowAnonymousMetrics", "true");
        }
        var prometheus = builder
            .AddContainer("prometheus", Image, "v3.5.0")
            .WithBindMount("../deploy/prometheus", "/config", isReadOnly: true)
            .WithEntrypoint("/bin/sh")
            .WithArgs("/config/start.sh", "--storage.tsdb.path=/prometheus", "--enable-feature=exemplar-storage")
            .WithHttpEndpoint(targetPort: PrometheusPort)
            .WithScrapeTargets(services)
            .WithHttpHealthCheck("/-/ready")
            .WithIconName("DataLine");

        builder
            .AddContainer("grafana", "grafana/grafana", "12.0.2")
            .WithBindMount("../deploy/grafana/provisioning", "/etc/grafana/provisioning", isReadOnly: true)
            .WithBindMount("../deploy/grafana/dashboards", "/var/lib/grafana/dashboards", isReadOnly: true)
            .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_AUTH_DISABLE_LOGIN_FORM", "true")
            .WithHttpEndpoint(targetPort: GrafanaPort)
            .WithHttpHealthCheck("/api/health")
            .WithIconName("ChartMultiple")
            .WithParentRelationship(prometheus);
    }

    private static IResourceBuilder<T> WithScrapeTargets<T>(
        this IResourceBuilder<T> prometheus,
        IReadOnlyList<IResourceBuilder<ProjectResource>> services
    )
        where T : IResourceWithEnvironment
    {
        foreach (var service in services)
        {
            prometheus.WithEnvironment($"{service.Resource.Name.ToUpperInvariant()}_URL", service.GetEndpoint("http"));
        }
        return prometheus;
    }
}
