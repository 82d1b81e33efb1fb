using k8s;
using k8s.Models;

namespace SwePlatform.Tests.Deployment;

/// <summary>Objects from Kubernetes' YAML, read by its own client, strictly: a member that the API does not know is an error.</summary>
internal sealed class KubernetesObjects(string yaml)
{
    private readonly List<object> _all = KubernetesYaml.LoadAllFromString(yaml, strict: true);

    public IEnumerable<T> Of<T>() => _all.OfType<T>();

    public int Count => _all.Count;

    /// <summary>Every workload, with its pods.</summary>
    public IEnumerable<(string Name, IDictionary<string, string> Selector, V1PodTemplateSpec Pod)> Workloads =>
        [
            .. Of<V1Deployment>().Select(item => (item.Name(), item.Spec.Selector.MatchLabels, item.Spec.Template)),
            .. Of<V1StatefulSet>().Select(item => (item.Name(), item.Spec.Selector.MatchLabels, item.Spec.Template)),
        ];

    public V1Container Container(string workload) => Workloads.Single(item => item.Name == workload).Pod.Spec.Containers.Single();

    /// <summary>All files of the base, and the overlay's, as they are written: before kustomize.</summary>
    public static KubernetesObjects Base() =>
        new(
            string.Join(
                "\n---\n",
                Directory
                    .EnumerateFiles(DeploymentFiles.PathOf("deploy", "kubernetes", "base"), "*.yaml")
                    .Where(file => Path.GetFileName(file) != "kustomization.yaml")
                    .Order(StringComparer.Ordinal)
                    .Select(File.ReadAllText)
            )
        );
}
