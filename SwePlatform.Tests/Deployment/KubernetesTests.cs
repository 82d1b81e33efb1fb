using k8s.Models;
using Xunit;

namespace SwePlatform.Tests.Deployment;

public sealed class KubernetesTests
{
    private const string Folder = "deploy/kubernetes";

    private readonly KubernetesObjects _base = KubernetesObjects.Base();

    [Fact]
    public void Every_file_is_part_of_the_base_and_says_only_what_the_API_knows()
    {
        var listed = DeploymentFiles.ReadYaml(Folder, "base", "kustomization.yaml")["resources"]!.AsArray().Select(item => (string)item!);
        var files = Directory.EnumerateFiles(DeploymentFiles.PathOf(Folder, "base"), "*.yaml").Select(file => Path.GetFileName(file)!);

        Assert.Equal(files.Where(file => file != "kustomization.yaml").Order(), listed.Order());
        Assert.Equal(22, _base.Count);
    }

    [Fact]
    public void Everything_that_runs_is_probed_limited_and_has_no_rights()
    {
        Assert.Equal(["api", "postgres", "redis", "web"], _base.Workloads.Select(item => item.Name).Order());
        foreach (var (name, _, pod) in _base.Workloads)
        {
            Assert.False(pod.Spec.AutomountServiceAccountToken, name);
            Assert.True(pod.Spec.SecurityContext.RunAsNonRoot, name);
            Assert.NotEqual(0, pod.Spec.SecurityContext.RunAsUser);
            Assert.Equal("RuntimeDefault", pod.Spec.SecurityContext.SeccompProfile.Type);
            Assert.True(pod.Spec.HostNetwork is null && pod.Spec.HostPID is null && pod.Spec.HostIPC is null, name);
            var container = Assert.Single(pod.Spec.Containers);
            Assert.All([container.StartupProbe, container.ReadinessProbe, container.LivenessProbe], Assert.NotNull);
            Assert.All(
                [container.Resources.Requests, container.Resources.Limits],
                amounts => Assert.Equal(["cpu", "memory"], amounts.Keys.Order())
            );
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem, name);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation, name);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Null(container.SecurityContext.Capabilities.Add);
        }
    }

    [Fact]
    public void Restarts_are_decided_by_whether_the_process_runs_and_requests_by_whether_it_is_ready()
    {
        foreach (var container in (V1Container[])[_base.Container("api"), _base.Container("web")])
        {
            Assert.Equal("/alive", container.LivenessProbe.HttpGet.Path);
            Assert.Equal("/health", container.ReadinessProbe.HttpGet.Path);
            Assert.All(
                [container.LivenessProbe, container.ReadinessProbe, container.StartupProbe],
                probe => Assert.Contains(container.Ports, port => port.Name == probe.HttpGet.Port.Value)
            );
        }
    }

    [Fact]
    public void Whatever_selects_finds_its_pods()
    {
        IEnumerable<(string, IDictionary<string, string>)> selectors =
        [
            .. _base.Workloads.Select(item => (item.Name, item.Selector)),
            .. _base.Of<V1Service>().Select(item => (item.Name(), item.Spec.Selector)),
            .. _base.Of<V1PodDisruptionBudget>().Select(item => (item.Name(), item.Spec.Selector.MatchLabels)),
            .. _base.Of<V1NetworkPolicy>().SelectMany(PodSelectors),
        ];

        Assert.All(
            selectors,
            selector =>
                Assert.True(
                    _base.Workloads.Any(item => selector.Item2.All(item.Pod.Metadata.Labels.Contains)),
                    $"{selector.Item1} finds nothing."
                )
        );
        Assert.Equal(["api", "web"], _base.Of<V1PodDisruptionBudget>().Select(item => item.Name()).Order());
        var scaled = _base
            .Of<V2HorizontalPodAutoscaler>()
            .Select(item => $"{item.Spec.ScaleTargetRef.Kind}/{item.Spec.ScaleTargetRef.Name}");
        Assert.Equal(["Deployment/web", "StatefulSet/api"], scaled.Order());
        Assert.Equal("ClientIP", _base.Of<V1Service>().Single(item => item.Name() == "web").Spec.SessionAffinity);
    }

    [Fact]
    public void Ports_lead_somewhere()
    {
        foreach (var service in _base.Of<V1Service>())
        {
            var pod = _base.Workloads.Single(item => service.Spec.Selector.All(item.Pod.Metadata.Labels.Contains)).Pod;
            Assert.All(service.Spec.Ports, port => Assert.Contains(pod.Spec.Containers[0].Ports, own => own.Name == port.TargetPort.Value));
        }
        foreach (var ingress in _base.Of<V1Ingress>())
        {
            Assert.Equal(ingress.Spec.Rules.Select(rule => rule.Host), ingress.Spec.Tls.SelectMany(tls => tls.Hosts));
            Assert.All(
                ingress.Spec.Rules.SelectMany(rule => rule.Http.Paths),
                path =>
                    Assert.Contains(
                        _base.Of<V1Service>().Single(item => item.Name() == path.Backend.Service.Name).Spec.Ports,
                        port => port.Name == path.Backend.Service.Port.Name
                    )
            );
        }
    }

    [Fact]
    public void Nothing_is_reached_but_what_a_policy_names()
    {
        var policies = _base.Of<V1NetworkPolicy>().ToDictionary(item => item.Name());
        var deny = policies["default-deny"].Spec;

        Assert.Null(deny.PodSelector.MatchLabels);
        Assert.Equal(["Ingress", "Egress"], deny.PolicyTypes);
        Assert.True(deny.Ingress is null && deny.Egress is null);
        (string From, string To, int Port)[] connections =
        [
            ("web", "api", 8080),
            ("api", "web", 8080),
            ("api", "postgres", 5432),
            ("api", "redis", 6379),
            ("web", "redis", 6379),
        ];
        foreach (var (from, to, port) in connections)
        {
            Assert.Contains(
                policies[to].Spec.Ingress,
                rule => Names(rule.FromProperty, from) && rule.Ports.Any(item => item.Port.Value == $"{port}")
            );
            Assert.Contains(policies[from].Spec.Egress, rule => Names(rule.To, to) && rule.Ports.Any(item => item.Port.Value == $"{port}"));
        }
        Assert.DoesNotContain("Egress", policies["postgres"].Spec.PolicyTypes);
    }

    [Fact]
    public void Mounts_have_volumes_and_volumes_have_sources()
    {
        string[] made = ["postgres", "redis"];
        foreach (var (name, _, pod) in _base.Workloads)
        {
            var claims = _base
                .Of<V1StatefulSet>()
                .Where(item => item.Name() == name)
                .SelectMany(item => item.Spec.VolumeClaimTemplates)
                .Select(item => item.Name());
            var volumes = pod.Spec.Volumes.Select(volume => volume.Name).Concat(claims);
            Assert.Equal(volumes.Order(), pod.Spec.Containers[0].VolumeMounts.Select(mount => mount.Name).Order());
            Assert.All(
                pod.Spec.Volumes.Where(volume => volume.ConfigMap is not null),
                volume => Assert.Contains(volume.ConfigMap.Name, made)
            );
            Assert.All(
                pod.Spec.Volumes.Where(volume => volume.Secret is not null),
                volume => Assert.Contains(volume.Secret.SecretName, Secrets().Keys)
            );
            // Readable for the container's group alone.
            Assert.All(
                pod.Spec.Volumes.Where(volume => volume.Secret is not null),
                volume => Assert.Equal(0b100_100_000, volume.Secret.DefaultMode)
            );
            Assert.All(pod.Spec.Volumes.Where(volume => volume.EmptyDir is not null), volume => Assert.NotNull(volume.EmptyDir.SizeLimit));
        }
    }

    [Fact]
    public void Stores_have_the_images_and_settings_that_the_model_has()
    {
        Assert.Equal((string)DeploymentFiles.Manifest["postgres"]!["image"]!, $"docker.io/library/{_base.Container("postgres").Image}");
        Assert.Equal((string)DeploymentFiles.Manifest["redis"]!["image"]!, $"docker.io/library/{_base.Container("redis").Image}");
        Assert.Equal(DeploymentFiles.Read("deploy", "postgres.conf"), DeploymentFiles.Read(Folder, "base", "postgresql.conf"));
        Assert.Equal(DeploymentFiles.Read("deploy", "compose", "redis.conf"), DeploymentFiles.Read(Folder, "base", "redis.conf"));
    }

    [Theory, InlineData("api"), InlineData("web")]
    public void Each_setting_of_the_model_is_given(string name)
    {
        var container = _base.Container(name);
        var given = container.Env.Select(variable => variable.Name).Concat(Secrets()[$"swe-platform-{name}"]).ToHashSet();

        Assert.Empty(DeploymentFiles.SettingsOf(name).Except(given));
        Assert.Equal("/run/secrets", container.VolumeMounts.Single(mount => mount.Name == "secrets").MountPath);
        Assert.Equal(container.Env.Single(variable => variable.Name == "HTTP_PORTS").Value, $"{container.Ports.Single().ContainerPort}");
    }

    [Fact]
    public void No_secret_is_written_down()
    {
        Assert.Empty(_base.Of<V1Secret>());
        Assert.All(
            _base.Workloads.SelectMany(item => item.Pod.Spec.Containers[0].Env ?? []),
            variable => Assert.DoesNotMatch("(?i)signingkey|connectionstring|adminpassword|_password$", variable.Name)
        );
    }

    // The overlay's generator: names, and the files that become settings.
    private static Dictionary<string, List<string>> Secrets() =>
        DeploymentFiles.ReadYaml(Folder, "overlays", "example", "kustomization.yaml")["secretGenerator"]!
            .AsArray()
            .ToDictionary(
                item => (string)item!["name"]!,
                item => item!["files"]!.AsArray().Select(file => Path.GetFileName((string)file!)).ToList()
            );

    private static bool Names(IList<V1NetworkPolicyPeer> peers, string name) =>
        peers.Any(peer => peer.PodSelector?.MatchLabels?["app.kubernetes.io/name"] == name);

    private static IEnumerable<(string, IDictionary<string, string>)> PodSelectors(V1NetworkPolicy policy)
    {
        IEnumerable<V1NetworkPolicyPeer> peers =
        [
            .. policy.Spec.Ingress?.SelectMany(rule => rule.FromProperty) ?? [],
            .. policy.Spec.Egress?.SelectMany(rule => rule.To) ?? [],
        ];
        return peers
            .Select(peer => peer.PodSelector)
            .Append(policy.Spec.PodSelector)
            .Where(selector => selector?.MatchLabels is not null)
            .Select(selector => (policy.Name(), selector!.MatchLabels));
    }
}
