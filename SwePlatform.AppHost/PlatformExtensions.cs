using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SwePlatform.AppHost.Lifecycle;

namespace SwePlatform.AppHost;

/// <summary>What the system's picture in AppHost.cs leaves out: its state, its secrets, and how it starts and stops.</summary>
internal static class PlatformExtensions
{
    private const string AdminPasswordVariable = "SWE_ADMIN_PASSWORD";
    private const int MinimumPasswordLength = 12;

    /// <summary>Opens the data folder, settles ports, and registers what announces, restarts and stops the system.</summary>
    public static PlatformData AddPlatform(this IDistributedApplicationBuilder builder, SystemSettings settings)
    {
        builder.Services.AddLogging(logging =>
            logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
                // Their troubles are shown in the dashboard beside the resource, and the end of the orchestrator by OrchestratorWatch.
                .AddFilter("Aspire.Hosting.Dcp", LogLevel.Critical)
                .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        );
        if (builder.ExecutionContext.IsPublishMode)
        {
            return new PlatformData(null);
        }
        DashboardPorts.Settle(builder.Configuration);
        var folder = DataFolder.Open(settings.Data);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(new DataFolderLease(folder));
        builder.Services.AddSingleton(new StartupSignInCode());
        builder.Services.AddSingleton<Readiness>();
        // Before Aspire's own, whose start lasts until every resource has been started.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, OrderlyStop>());
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => services.GetRequiredService<Readiness>()));
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, CrashRestart>());
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, OrchestratorWatch>());
        // Its own connection needs none, and the dashboard would ask for it at the top of each page.
        builder.Configuration["ASPIRE_DCP_USE_DEVELOPER_CERTIFICATE"] = "false";
        // The AppHost ends after its children, not before.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] = "true";
        return new PlatformData(folder);
    }

    /// <summary>A secret parameter that is generated on the first start and kept with the data.</summary>
    public static IResourceBuilder<ParameterResource> AddSecret(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        PlatformData data,
        int length,
        string description
    )
    {
        var generator = new GenerateParameterDefault { MinLength = length, Special = false };
        ParameterDefault value = data.IsHere ? new SecretFile(data.Folder.Secret(name), generator) : generator;
        return builder.AddParameter(name, value, secret: true).WithDescription(description);
    }

    /// <summary>The administrator's password: what SWE_ADMIN_PASSWORD says from now on, or a random one in the data folder.</summary>
    public static IResourceBuilder<ParameterResource> AddAdminPassword(this IDistributedApplicationBuilder builder, PlatformData data)
    {
        const string name = "admin-password";
        const string description = "Password of admin@swe.local.";
        if (!data.IsHere)
        {
            return builder.AddSecret(name, data, 24, description);
        }
        var file = data.Folder.AdminPasswordFile;
        if (builder.Configuration[AdminPasswordVariable] is { Length: > 0 } asked)
        {
            if (asked.Length < MinimumPasswordLength)
            {
                throw new StartException($"{AdminPasswordVariable} is too short: use at least {MinimumPasswordLength} characters.");
            }
            SecretFile.Write(file, asked);
            // Resources inherit this process's environment, and only one of them is to know it.
            Environment.SetEnvironmentVariable(AdminPasswordVariable, null);
        }
        var generator = new GenerateParameterDefault { MinLength = 24, Special = false };
        return builder.AddParameter(name, new SecretFile(file, generator), secret: true).WithDescription(description);
    }

    /// <summary>
    /// Listens on <paramref name="port"/> itself, without a proxy between, unless several replicas share it; 0 picks a free port.
    /// </summary>
    /// <param name="option">The option that chooses another port, for the message if this one is taken.</param>
    public static IResourceBuilder<ProjectResource> WithPort(
        this IResourceBuilder<ProjectResource> project,
        SystemSettings settings,
        int port,
        string option,
        bool replicated = false
    )
    {
        if (project.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            return project;
        }
        var proxied = replicated && settings.Replicas > 1;
        var chosen = port == 0 ? Ports.FindFree() : Ports.Require(port, option);
        project.WithEndpoint(
            "http",
            endpoint => (endpoint.Port, endpoint.TargetPort, endpoint.IsProxied) = (chosen, proxied ? null : chosen, proxied)
        );
        // It speaks http on its own machine, so nobody is to be asked to trust a certificate.
        project.WithoutHttpsCertificate();
        return replicated ? project.WithReplicas(settings.Replicas) : project;
    }

    /// <summary>
    /// Is published as the image that <paramref name="dockerfile"/> makes: the one that the SDK makes has no Git, no bubblewrap and
    /// no ctags, so that hardly a tool would work.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithPublishedImage(this IResourceBuilder<ProjectResource> project, string dockerfile) =>
        project.PublishAsDockerFile(container =>
            container.WithDockerfile("..", dockerfile).WithEndpoint("http", endpoint => endpoint.TargetPort = 8080)
        );

    /// <summary>
    /// What a developer's machine adds: its own checkout as a project, the sign-in link, everything below one data folder.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithLocalSettings(
        this IResourceBuilder<ProjectResource> api,
        SystemSettings settings,
        PlatformData data
    )
    {
        var builder = api.ApplicationBuilder;
        if (!data.IsHere)
        {
            return api;
        }
        var checkout = Path.GetFullPath("..", builder.AppHostDirectory);
        if (Path.Exists(Path.Combine(checkout, ".git")))
        {
            api.WithEnvironment("Projects__SelfRepository", checkout);
        }
        for (var i = 0; i < settings.LocalRoots.Count; i++)
        {
            api.WithEnvironment($"Projects__LocalRoots__{i}", Path.GetFullPath(settings.LocalRoots[i]));
        }
        return api.WithEnvironment("Workspaces__Root", data.Folder.Workspaces)
            // Each replica has clones of its own, in a folder that it finds again after a restart.
            .WithEnvironment("Workspaces__PerReplica", settings.Replicas == 1 ? "false" : "true")
            .WithEnvironment("Auth__SignInCode", builder.FindSignInCode()!.Value)
            // Only what was asked for replaces a password that the administrator may have changed since.
            .WithEnvironment("Auth__ResetAdminPassword", builder.Configuration[AdminPasswordVariable] is { Length: > 0 } ? "true" : "false")
            .WithEnvironment("Auth__AllowRegistration", "true");
    }

    /// <summary>
    /// Keeps the keys that protect web sessions with the data: Garnet may forget what
    /// was not used for long, and nobody would stay signed in.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSessionKeys(this IResourceBuilder<ProjectResource> web, PlatformData data) =>
        data.IsHere ? web.WithEnvironment("Sessions__KeyFolder", data.Folder.SessionKeys) : web;

    /// <summary>A link in the dashboard that signs the administrator in, once.</summary>
    public static IResourceBuilder<ProjectResource> WithSignInLink(this IResourceBuilder<ProjectResource> web) =>
        web.ApplicationBuilder.FindSignInCode() is { } code
            ? web.WithUrlForEndpoint("http", _ => new() { Url = $"/sign-in?code={code.Value}", DisplayText = "Sign in (works once)" })
            : web;

    private static StartupSignInCode? FindSignInCode(this IDistributedApplicationBuilder builder) =>
        builder.Services.Select(service => service.ImplementationInstance).OfType<StartupSignInCode>().SingleOrDefault();
}
