using SwePlatform.AppHost.Check;

if (args is ["check", ..])
{
    return await CheckCommand.RunAsync(args[1..], Console.Out, Console.Error);
}

var builder = DistributedApplication.CreateBuilder(args);

var signingKey = builder.AddParameter("signing-key", new GenerateParameterDefault { MinLength = 64 }, secret: true, persist: true);
var adminPassword = builder.AddParameter("admin-password", new GenerateParameterDefault { MinLength = 24 }, secret: true, persist: true);

var database = builder.AddPostgres("postgres")
    .WithDataVolume()
    .WithBindMount("../deploy/postgres.conf", "/etc/postgresql/postgresql.conf", isReadOnly: true)
    .WithArgs("-c", "config_file=/etc/postgresql/postgresql.conf", "-c", "listen_addresses=*")
    .AddDatabase("swedb");

var redis = builder.AddRedis("redis")
    .WithDataVolume()
    .WithPersistence();

var api = builder.AddProject<Projects.SwePlatform_Api>("api")
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithEnvironment("Auth__SigningKey", signingKey)
    .WithEnvironment("Auth__AdminPassword", adminPassword)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

var web = builder.AddProject<Projects.SwePlatform_Web>("web")
    .WithReference(api).WaitFor(api)
    .WithReference(redis).WaitFor(redis)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

// For the API's probes of the front end's assets.
api.WithEnvironment("Performance__WebAddress", web.GetEndpoint("http"));

if (builder.ExecutionContext.IsRunMode)
{
    // On a developer's machine the platform can work on its own checkout at once.
    api.WithEnvironment("Projects__SelfRepository", Path.GetFullPath("..", builder.AppHostDirectory));

    // Prometheus calls from a container, which to them is another machine.
    api.WithEnvironment("Telemetry__AllowAnonymousMetrics", "true");
    web.WithEnvironment("Telemetry__AllowAnonymousMetrics", "true");

    var prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
        .WithBindMount("../deploy/prometheus", "/config", isReadOnly: true)
        .WithEntrypoint("/bin/sh")
        .WithArgs("/config/start.sh", "--storage.tsdb.path=/prometheus", "--enable-feature=exemplar-storage")
        .WithEnvironment("API_URL", api.GetEndpoint("http"))
        .WithEnvironment("WEB_URL", web.GetEndpoint("http"))
        .WithHttpEndpoint(targetPort: 9090);

    builder.AddContainer("grafana", "grafana/grafana", "12.0.2")
        .WithBindMount("../deploy/grafana/provisioning", "/etc/grafana/provisioning", isReadOnly: true)
        .WithBindMount("../deploy/grafana/dashboards", "/var/lib/grafana/dashboards", isReadOnly: true)
        .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
        .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
        .WithEnvironment("GF_AUTH_DISABLE_LOGIN_FORM", "true")
        .WithHttpEndpoint(targetPort: 3000);

    // Started by hand in the dashboard; their metrics arrive there too.
    foreach (var scenario in (string[])["smoke", "load", "stress", "spike", "soak", "breakpoint"])
    {
        builder.AddK6($"k6-{scenario}")
            .WithBindMount("../scripts/performance", "/scripts", isReadOnly: true)
            .WithArgs("run", "--address", "0.0.0.0:6565", "--out", "opentelemetry", $"/scripts/k6/{scenario}.js")
            .WithEnvironment("API_URL", api.GetEndpoint("http"))
            .WithEnvironment("SWE_ADMIN_PASSWORD", adminPassword)
            .WithEnvironment("OUTPUT_DIR", "/tmp")
            .WithK6OtlpEnvironment()
            .WithReference(api).WaitFor(api)
            .WithExplicitStart();
    }
}

builder.Build().Run();
return 0;
