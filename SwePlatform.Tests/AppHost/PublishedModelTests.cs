using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.AppHost;

/// <summary>What is deployed: the model as a publisher sees it, and the manifest that azd reads.</summary>
public sealed partial class PublishedModelTests : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-manifest-");
    private DistributedApplication _app = null!;
    private JsonObject _resources = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ManifestPath => Path.Combine(_folder.FullName, "manifest.json");

    private IReadOnlyList<IResource> Model { get; set; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SwePlatform_AppHost>([
            "--publisher",
            "manifest",
            "--output-path",
            ManifestPath,
        ]);
        _app = await builder.BuildAsync();
        Model = [.. _app.Services.GetRequiredService<DistributedApplicationModel>().Resources];
        await _app.RunAsync(TestContext.Current.CancellationToken);
        _resources = JsonNode.Parse(await File.ReadAllTextAsync(ManifestPath))!["resources"]!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_manifest_is_line_by_line_what_was_agreed()
    {
        var file = Path.Combine(SourceTree.Root, "SwePlatform.Tests", "AppHost", "manifest.expected.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(ManifestPath, Cancel))!;
        foreach (var (_, resource) in manifest["resources"]!.AsObject())
        {
            // Relative to the folder that the manifest is written to, which is another one each time.
            if ((string?)resource!["path"] is { } path)
            {
                resource["path"] = Path.GetRelativePath(SourceTree.Root, Path.GetFullPath(path, _folder.FullName));
            }
            if (resource["build"] is { } build)
            {
                build["context"] = Path.GetRelativePath(SourceTree.Root, Path.GetFullPath((string)build["context"]!, _folder.FullName));
                build["dockerfile"] = Path.GetRelativePath(
                    SourceTree.Root,
                    Path.GetFullPath((string)build["dockerfile"]!, _folder.FullName)
                );
            }
        }
        // So are the names of volumes, which hold a hash of the AppHost's folder.
        var actual = VolumeHash().Replace(manifest.ToJsonString(Indented), "apphost-volume-") + "\n";
        if (System.Environment.GetEnvironmentVariable("SWE_ACCEPT_MANIFEST") == "1")
        {
            await File.WriteAllTextAsync(file, actual, Cancel);
        }

        var expected = await File.ReadAllTextAsync(file, Cancel);
        Assert.True(
            expected == actual,
            "The manifest has changed. If that is meant, run this test with SWE_ACCEPT_MANIFEST=1 and look at the "
                + $"difference of {file}.\n{actual}"
        );
    }

    [Fact]
    public void The_system_is_published_and_no_development_resource()
    {
        string[] parts =
        [
            "admin-password",
            "api",
            "postgres",
            "postgres-password",
            "redis",
            "redis-password",
            "signing-key",
            "swedb",
            "web",
        ];

        Assert.Equal(parts, Names(_ => true).Where(name => !Derived().IsMatch(name)));
    }

    [Fact]
    public void Stores_are_containers_with_volumes_and_the_settings_of_the_repository()
    {
        Assert.Equal(["postgres", "redis"], Names(resource => (string)resource["type"]! == "container.v0"));
        var arguments = _resources["postgres"]!["args"]!.AsArray().Select(argument => (string)argument!).ToList();
        var settings = File.ReadLines(Path.Combine(SourceTree.Root, "deploy", "postgres.conf"))
            .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .ToList();

        Assert.Equal(settings.Count, arguments.Count(argument => argument == "-c"));
        Assert.Contains("shared_buffers=256MB", arguments);
        Assert.Contains("shared_preload_libraries=pg_stat_statements", arguments);
        Assert.All(["postgres", "redis"], name => Assert.Single(_resources[name]!["volumes"]!.AsArray()));
        Assert.Contains("--save 60 1", (string)_resources["redis"]!["args"]![1]!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_api_and_the_front_end_learn_of_each_other_and_of_the_stores()
    {
        Assert.Equal("{swedb.connectionString}", Environment("api", "ConnectionStrings__swedb"));
        Assert.Equal("{redis.connectionString}", Environment("api", "ConnectionStrings__redis"));
        Assert.Equal("{signing-key.value}", Environment("api", "Auth__SigningKey"));
        Assert.Equal("{admin-password.value}", Environment("api", "Auth__AdminPassword"));
        Assert.Equal("{web.bindings.http.url}", Environment("api", "Performance__WebAddress"));
        Assert.Equal("{redis.connectionString}", Environment("web", "ConnectionStrings__redis"));
        Assert.Equal("{api.bindings.http.url}", Environment("web", "services__api__http__0"));
        Assert.All(["api", "web"], name => Assert.True((bool)_resources[name]!["bindings"]!["http"]!["external"]!));
    }

    [Fact]
    public void What_is_only_for_a_developers_machine_stays_there()
    {
        var text = _resources.ToJsonString();

        Assert.All(
            [
                "Workspaces__Root",
                "SelfRepository",
                "SignInCode",
                "ResetAdminPassword",
                "AllowRegistration",
                "LocalRoots",
                "KeyFolder",
                "AllowAnonymousMetrics",
            ],
            setting => Assert.DoesNotContain(setting, text, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_secret_is_a_generated_parameter_and_none_is_written_down()
    {
        var secrets = Names(resource => (string)resource["type"]! == "parameter.v0");

        Assert.Equal(["admin-password", "postgres-password", "redis-password", "signing-key"], secrets);
        Assert.All(
            secrets,
            name =>
            {
                var input = _resources[name]!["inputs"]!["value"]!;
                Assert.True((bool)input["secret"]!);
                Assert.True((int)input["default"]!["generate"]!["minLength"]! >= 24);
            }
        );
        foreach (var (_, resource) in _resources)
        {
            foreach (var (name, value) in resource!["env"]?.AsObject() ?? [])
            {
                Assert.True(!SecretName().IsMatch(name) || Reference().IsMatch((string)value!), $"{name} is written down: {value}");
            }
        }
    }

    [Fact]
    public void Everything_that_runs_has_a_health_check_and_waits_for_what_it_needs()
    {
        string[] running = ["postgres", "swedb", "redis", "api", "web"];

        Assert.All(
            Model.Where(resource => running.Contains(resource.Name)),
            resource => Assert.True(resource.TryGetAnnotationsOfType<HealthCheckAnnotation>(out _), $"{resource.Name} has no health check.")
        );
        Assert.Equal(["redis", "swedb"], Awaited("api"));
        Assert.Equal(["api", "redis"], Awaited("web"));
    }

    private IEnumerable<string> Awaited(string name) =>
        Model
            .Single(resource => resource.Name == name)
            .Annotations.OfType<WaitAnnotation>()
            .Select(wait => wait.Resource.Name)
            .Where(other => other != "postgres")
            .Distinct()
            .Order(StringComparer.Ordinal);

    private IEnumerable<string> Names(Func<JsonNode, bool> which) =>
        _resources.Where(resource => which(resource.Value!)).Select(resource => resource.Key).Order(StringComparer.Ordinal);

    private string? Environment(string resource, string name) => (string?)_resources[resource]!["env"]![name];

    // What the publisher derives from other values.
    [GeneratedRegex("-uri-encoded$|^cond-")]
    private static partial Regex Derived();

    [GeneratedRegex("apphost-[0-9a-f]{10}-")]
    private static partial Regex VolumeHash();

    [GeneratedRegex("PASSWORD|SigningKey|AdminPassword|ConnectionStrings|_URI$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Reference();
}
