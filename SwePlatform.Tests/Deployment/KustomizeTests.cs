using k8s.Models;
using Xunit;

namespace SwePlatform.Tests.Deployment;

/// <summary>The overlay as it would be applied, put together by kubectl; skipped where that is missing.</summary>
public sealed class KustomizeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-kustomize-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_overlay_has_versions_networks_and_secrets()
    {
        var objects = await BuildAsync(sandbox: false);

        var api = objects.Container("api");
        Assert.Equal("registry.example.com/swe-platform/api:1.0.0", api.Image);
        Assert.Equal("registry.example.com/swe-platform/web:1.0.0", objects.Container("web").Image);
        Assert.Equal("10.244.0.0/16", api.Env.Single(variable => variable.Name == "Http__TrustedProxies__0").Value);
        Assert.Equal(5, api.Env.Count);
        var names = objects
            .Of<V1Secret>()
            .Select(item => item.Name())
            .Concat(objects.Of<V1ConfigMap>().Select(item => item.Name()))
            .ToHashSet();
        Assert.Equal(6, names.Count);
        Assert.All(
            objects
                .Workloads.SelectMany(item => item.Pod.Spec.Volumes)
                .Select(volume => volume.Secret?.SecretName ?? volume.ConfigMap?.Name),
            name => Assert.True(name is null || names.Contains(name), name)
        );
        Assert.Null(api.SecurityContext.ProcMount);
    }

    [Fact]
    public async Task The_component_for_sandboxes_changes_the_API_alone()
    {
        var objects = await BuildAsync(sandbox: true);

        var pod = objects.Workloads.Single(item => item.Name == "api").Pod.Spec;
        Assert.False(pod.HostUsers);
        Assert.Equal("Unmasked", pod.Containers[0].SecurityContext.ProcMount);
        Assert.Equal("Localhost", pod.Containers[0].SecurityContext.SeccompProfile.Type);
        Assert.Equal(["ALL"], pod.Containers[0].SecurityContext.Capabilities.Drop);
        Assert.All(
            objects.Workloads.Where(item => item.Name != "api"),
            item => Assert.Null(item.Pod.Spec.Containers[0].SecurityContext.ProcMount)
        );
    }

    private async Task<KubernetesObjects> BuildAsync(bool sandbox)
    {
        DeploymentFiles.SkipWithout("kubectl");
        await DeploymentFiles.RunAsync("cp", "-R", DeploymentFiles.PathOf("deploy", "kubernetes"), _folder.FullName);
        var overlay = Path.Combine(_folder.FullName, "kubernetes", "overlays", "example");
        await DeploymentFiles.MakeSecretsAsync(Path.Combine(overlay, "secrets"));
        if (sandbox)
        {
            var file = Path.Combine(overlay, "kustomization.yaml");
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                file,
                text.Replace("# components:", "components:", StringComparison.Ordinal),
                TestContext.Current.CancellationToken
            );
        }
        return new(await DeploymentFiles.RunAsync("kubectl", "kustomize", overlay));
    }
}
