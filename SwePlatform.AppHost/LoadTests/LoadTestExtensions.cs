using SwePlatform.AppHost.Stores;

namespace SwePlatform.AppHost.LoadTests;

/// <summary>The scenarios of scripts/performance, started by hand in the dashboard.</summary>
internal static class LoadTestExtensions
{
    private const string Scripts = "../scripts/performance";

    /// <summary>
    /// Adds <c>k6-{scenario}</c>: in a container where an engine runs, else by k6 if it is on the PATH, else by the built-in runner.
    /// All read the same scenarios.json, and all measure the API under its own address.
    /// </summary>
    public static void AddLoadTest(
        this IDistributedApplicationBuilder builder,
        string scenario,
        IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ParameterResource> adminPassword,
        PlatformData data
    )
    {
        if (builder.UsesContainers())
        {
            builder
                .AddContainer($"k6-{scenario}", "grafana/k6", "1.3.0")
                .WithBindMount(Scripts, "/scripts", isReadOnly: true)
                .WithArgs("run", "--address", "0.0.0.0:6565", "--out", "opentelemetry", $"/scripts/k6/{scenario}.js")
                .WithEnvironment("OUTPUT_DIR", "/tmp")
                .WithOtlpExporter()
                .WithLoadTest(api, adminPassword);
            return;
        }
        var scripts = Path.GetFullPath(Scripts, builder.AppHostDirectory);
        var results = Path.Combine(data.Folder.Root, "load-test-results");
        var runner = SearchPath.Find("k6") is { } k6
            ? builder.AddExecutable($"k6-{scenario}", k6, scripts, "run", "--out", "opentelemetry", $"k6/{scenario}.js")
            : builder.AddExecutable(
                $"k6-{scenario}",
                BuiltProgram.Of("SwePlatform.Tool", builder.AppHostDirectory),
                scripts,
                "load",
                scenario,
                "--scenarios",
                Path.Combine(scripts, "scenarios.json")
            );
        Directory.CreateDirectory(results);
        runner.WithEnvironment("OUTPUT_DIR", results).WithOtlpExporter().WithLoadTest(api, adminPassword);
    }

    private static void WithLoadTest<T>(
        this IResourceBuilder<T> runner,
        IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ParameterResource> adminPassword
    )
        where T : IResourceWithEnvironment, IResourceWithWaitSupport =>
        runner
            .WithEnvironment("API_URL", api.GetEndpoint("http"))
            .WithEnvironment("SWE_ADMIN_PASSWORD", adminPassword)
            .WaitFor(api)
            .WithParentRelationship(api)
            .WithIconName("TopSpeed")
            .WithExplicitStart();
}
