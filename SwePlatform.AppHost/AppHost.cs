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

if (builder.ExecutionContext.IsRunMode)
{
    // On a developer's machine the platform can work on its own checkout at once.
    api.WithEnvironment("Projects__SelfRepository", Path.GetFullPath("..", builder.AppHostDirectory));

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

builder.AddProject<Projects.SwePlatform_Web>("web")
    .WithReference(api).WaitFor(api)
    .WithReference(redis).WaitFor(redis)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

builder.Build().Run();
