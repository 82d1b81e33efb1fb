using SwePlatform.AppHost;
using SwePlatform.AppHost.Commands;
using SwePlatform.AppHost.Health;
using SwePlatform.AppHost.LoadTests;
using SwePlatform.AppHost.Monitoring;
using SwePlatform.AppHost.Stores;

Terminal.ShowStartErrors();

var builder = DistributedApplication.CreateBuilder(
    new DistributedApplicationOptions
    {
        Args = args,
        DashboardApplicationName = "SWE Platform",
        DisableDashboard = SystemSettings.WithoutDashboard(args),
        // Nothing here speaks TLS on its own machine.
        TrustDeveloperCertificate = false,
    }
);
var settings = SystemSettings.Read(builder.Configuration, builder.AppHostDirectory);
var data = builder.AddPlatform(settings);

var signingKey = builder.AddSecret("signing-key", data, 64, "Signs access tokens; the same for every replica.");
var adminPassword = builder.AddAdminPassword(data);

var database = builder.AddDatabaseStore("swedb", data).WithBackupCommands(data);
var redis = builder.AddRedisStore("redis", data);

if (settings.StoresOnly)
{
    builder.Build().Run();
    return;
}

var api = builder
    .AddProject<Projects.SwePlatform_Api>("api")
    .WithBuiltProgram("SwePlatform.Api")
    .WithPort(settings, settings.ApiPort, "--api-port", replicated: true)
    .WithReference(database)
    .WaitFor(database)
    .WithReference(redis)
    .WaitFor(redis)
    .WithEnvironment("Auth__SigningKey", signingKey)
    .WithEnvironment("Auth__AdminPassword", adminPassword)
    .WithLocalSettings(settings, data)
    .WithReadinessCheck("/health")
    .WithExternalHttpEndpoints()
    .WithMcpServer("/mcp")
    .WithApiCommands(data)
    .WithPublishedImage("SwePlatform.Api/Dockerfile")
    .WithIconName("Server")
    .WithUrlForEndpoint("http", url => url.DisplayText = "API")
    .WithUrlForEndpoint("http", _ => new() { Url = "/scalar", DisplayText = "Reference" })
    .WithUrlForEndpoint(
        "http",
        _ =>
            new()
            {
                Url = "/mcp",
                DisplayText = "MCP",
                DisplayLocation = UrlDisplayLocation.DetailsOnly,
            }
    );

IResourceBuilder<ProjectResource>? web = null;
if (settings.WithWeb)
{
    web = builder
        .AddProject<Projects.SwePlatform_Web>("web")
        .WithBuiltProgram("SwePlatform.Web")
        .WithPort(settings, settings.WebPort, "--web-port")
        .WithReference(api)
        .WaitFor(api)
        .WithReference(redis)
        .WaitFor(redis)
        .WithSessionKeys(data)
        .WithReadinessCheck("/health")
        .WithExternalHttpEndpoints()
        .WithIconName("WindowDevTools")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Web")
        .WithSignInLink();

    // For the API's probes of the front end's assets.
    api.WithEnvironment("Performance__WebAddress", web.GetEndpoint("http"));
}

if (builder.ExecutionContext.IsRunMode)
{
    builder.AddMonitoring(data, web is null ? [api] : [api, web]);
    foreach (var scenario in (string[])["smoke", "load", "stress", "spike", "soak", "breakpoint"])
    {
        builder.AddLoadTest(scenario, api, adminPassword, data);
    }
}

builder.Build().Run();
