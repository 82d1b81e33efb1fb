using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Xunit;

namespace SwePlatform.Tests.Deployment;

[UnsupportedOSPlatform("windows")]
public sealed class ComposeTests : IDisposable
{
    private const string Folder = "deploy/compose";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swe-compose-");
    private readonly JsonObject _compose = DeploymentFiles.ReadYaml(Folder, "compose.yaml");

    private JsonObject Services => _compose["services"]!.AsObject();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData("compose.yaml"), InlineData("compose.sandbox.yaml")]
    public async Task The_file_follows_the_specification(string name)
    {
        var file = Path.Combine(_folder.FullName, name + ".json");
        await File.WriteAllTextAsync(file, DeploymentFiles.ReadYaml(Folder, name).ToJsonString(), TestContext.Current.CancellationToken);

        await SchemaCheck.RunAsync("compose", file);
    }

    [Fact]
    public void Everything_is_limited_restarted_and_has_no_rights()
    {
        Assert.Equal(["api", "postgres", "proxy", "redis", "web"], Services.Select(service => service.Key).Order());
        foreach (var (name, service) in Services)
        {
            Assert.Equal("unless-stopped", (string)service!["restart"]!);
            Assert.True((bool)service["read_only"]!, name);
            Assert.Equal(["ALL"], Strings(service["cap_drop"]));
            Assert.Equal(["no-new-privileges:true"], Strings(service["security_opt"]));
            Assert.Equal(["cpus", "memory"], service["deploy"]!["resources"]!["limits"]!.AsObject().Select(limit => limit.Key).Order());
            Assert.True((int)service["pids_limit"]! > 0, name);
            Assert.Equal(name == "proxy" ? ["NET_BIND_SERVICE"] : [], Strings(service["cap_add"]));
            Assert.True(name == "proxy" || service["ports"] is null, $"{name} is open to the network.");
        }
    }

    [Fact]
    public void Health_is_asked_by_the_engine_or_by_the_proxy()
    {
        var unasked = Services.Where(service => service.Value!["healthcheck"] is null).Select(service => service.Key);

        Assert.Equal(["web"], unasked);
        Assert.Contains("health_uri /health", DeploymentFiles.Read(Folder, "Caddyfile"), StringComparison.Ordinal);
        foreach (var (name, service) in Services)
        {
            Assert.All(
                service!["depends_on"]?.AsObject() ?? [],
                other =>
                    Assert.True(
                        (string)other.Value!["condition"]! == "service_started" || Services[other.Key]!["healthcheck"] is not null,
                        $"{name} waits for ever for {other.Key}."
                    )
            );
        }
    }

    [Fact]
    public async Task Each_reference_leads_somewhere_and_each_secret_is_made()
    {
        await DeploymentFiles.MakeSecretsAsync(_folder.FullName);
        var made = _folder.EnumerateFiles().Select(file => file.Name).Order().ToList();

        Assert.Equal(made, _compose["secrets"]!.AsObject().Select(secret => secret.Key).Order());
        Assert.All(_compose["secrets"]!.AsObject(), secret => Assert.Equal($"secrets/{secret.Key}", (string)secret.Value!["file"]!));
        Assert.All(
            _compose["configs"]!.AsObject(),
            config => Assert.True(File.Exists(DeploymentFiles.PathOf(Folder, (string)config.Value!["file"]!)), config.Key)
        );
        foreach (var (_, service) in Services)
        {
            Assert.All(Strings(service!["secrets"]), secret => Assert.Contains(secret, made));
            Assert.All(Strings(service["networks"]), network => Assert.NotNull(_compose["networks"]![network]));
            Assert.All(service["configs"]?.AsArray() ?? [], config => Assert.NotNull(_compose["configs"]![(string)config!["source"]!]));
            Assert.All(
                Strings(service["volumes"]),
                volume => Assert.True(_compose["volumes"]!.AsObject().ContainsKey(volume.Split(':')[0]), volume)
            );
            Assert.True(service["build"] is null || File.Exists(DeploymentFiles.PathOf((string)service["build"]!["dockerfile"]!)));
        }
    }

    [Fact]
    public async Task Secrets_are_made_once()
    {
        await DeploymentFiles.MakeSecretsAsync(_folder.FullName);
        var before = _folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));
        await DeploymentFiles.MakeSecretsAsync(_folder.FullName);

        Assert.Equal(before, _folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName)));
        Assert.Equal(before.Count, before.Values.Distinct().Count());
        Assert.Equal(64, before["Auth__SigningKey"].Length);
        Assert.Contains($"Password={before["postgres_password"]};", before["ConnectionStrings__swedb"], StringComparison.Ordinal);
        Assert.EndsWith(before["redis_auth"].Split(' ')[1], before["ConnectionStrings__redis"], StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.FullName));
    }

    [Fact]
    public void Stores_have_the_images_that_the_model_has()
    {
        Assert.All(
            ["postgres", "redis"],
            name =>
                Assert.Equal((string)DeploymentFiles.Manifest[name]!["image"]!, $"docker.io/library/{(string)Services[name]!["image"]!}")
        );
        Assert.Equal("../postgres.conf", (string)_compose["configs"]!["postgres"]!["file"]!);
    }

    [Theory, InlineData("api"), InlineData("web")]
    public void Each_setting_of_the_model_is_given(string name)
    {
        var service = Services[name]!;
        var given = service["environment"]!.AsObject().Select(variable => variable.Key).Concat(Strings(service["secrets"]));

        Assert.Empty(DeploymentFiles.SettingsOf(name).Except(given));
    }

    [Fact]
    public void Sandboxes_cost_the_API_profiles_and_no_capability()
    {
        var services = DeploymentFiles.ReadYaml(Folder, "compose.sandbox.yaml")["services"]!.AsObject();

        Assert.Equal(["security_opt"], Assert.Single(services).Value!.AsObject().Select(member => member.Key));
        Assert.Contains("no-new-privileges:true", Strings(services["api"]!["security_opt"]));
        var refused = JsonNode.Parse(DeploymentFiles.Read(Folder, "seccomp.json"))!["syscalls"]![0]!["names"]!
            .AsArray()
            .Select(name => (string)name!);
        Assert.Empty(refused.Intersect(["clone", "clone3", "unshare", "mount", "umount2", "pivot_root", "sethostname"]));
    }

    [Fact]
    public async Task The_proxys_settings_are_valid()
    {
        DeploymentFiles.SkipWithout("caddy");

        await DeploymentFiles.RunAsync(
            "caddy",
            "validate",
            "--adapter",
            "caddyfile",
            "--config",
            DeploymentFiles.PathOf(Folder, "Caddyfile")
        );
    }

    private static IEnumerable<string> Strings(JsonNode? list) => list?.AsArray().Select(item => (string)item!) ?? [];
}
