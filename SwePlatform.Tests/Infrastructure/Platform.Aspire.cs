#if ASPIRE
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace SwePlatform.Tests.Infrastructure;

/// <summary>The whole AppHost, with its containers.</summary>
public sealed partial class Platform
{
    private DistributedApplication _app = null!;

    private async Task<Uri> StartAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SwePlatform_AppHost>([$"--Parameters:admin-password={AdminPassword}"]);
        builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == "api"))
            .WithEnvironment("Projects__LocalRoots__0", RepositoryRoot)
            .WithEnvironment("Auth__AllowRegistration", "true")
            .WithEnvironment("Auth__MaxRegistrationsPerAddress", "1000000")
            .WithEnvironment("Auth__ResetAdminPassword", "true");
        _app = await builder.BuildAsync();
        await _app.StartAsync();
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("api").WaitAsync(TimeSpan.FromMinutes(5));
        return _app.GetEndpoint("api");
    }

    private async Task StopAsync() => await _app.DisposeAsync();
}
#endif
