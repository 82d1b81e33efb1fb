using System.Diagnostics;
using System.Runtime.Versioning;
using SwePlatform.AppHost.Stores;
using Xunit;

namespace SwePlatform.Tests.Deployment;

[UnsupportedOSPlatform("windows")]
public sealed class SystemdTests : IDisposable
{
    private const string Folder = "deploy/systemd";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("swe-systemd-");

    public static TheoryData<string> Units =>
        [.. Directory.EnumerateFiles(DeploymentFiles.PathOf(Folder), "*.service").Select(file => Path.GetFileName(file)!)];

    private static UnixFileMode OwnerOnly => UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Programs => Path.Combine(_root.FullName, "programs");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory, MemberData(nameof(Units))]
    public async Task A_unit_is_exposed_little(string unit)
    {
        DeploymentFiles.SkipWithout("systemd-analyze");

        // The threshold counts tenths.
        await DeploymentFiles.RunAsync(
            "systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=40",
            DeploymentFiles.PathOf(Folder, unit)
        );
    }

    [Fact]
    public async Task Units_are_valid()
    {
        DeploymentFiles.SkipWithout("systemd-analyze");
        await InstallAsync("1.0.0");

        var units = Directory.EnumerateFiles(Path.Combine(_root.FullName, "etc", "systemd", "system"), "sweplatform*").ToArray();
        Assert.Equal(4, units.Length);
        foreach (var unit in units)
        {
            // It looks for the programs where they are after an installation.
            await File.WriteAllTextAsync(
                unit,
                (await File.ReadAllTextAsync(unit, TestContext.Current.CancellationToken)).Replace(
                    "/opt/swe-platform",
                    $"{_root.FullName}/opt/swe-platform",
                    StringComparison.Ordinal
                ),
                TestContext.Current.CancellationToken
            );
        }

        var output = await DeploymentFiles.RunAsync("systemd-analyze", ["verify", "--man=no", .. units]);

        Assert.DoesNotContain("sweplatform", output, StringComparison.Ordinal);
    }

    [Theory, InlineData("api"), InlineData("web")]
    public async Task Each_setting_of_the_model_is_given(string name)
    {
        await InstallAsync("1.0.0");
        var unit = DeploymentFiles.Read(Folder, $"sweplatform-{name}.service").Split('\n');
        var given = unit.Where(line => line.StartsWith("Environment=", StringComparison.Ordinal))
            .SelectMany(line => line["Environment=".Length..].Split(' '))
            .Concat(Settings($"{name}.env"))
            .Select(setting => setting.Split('=')[0])
            .ToHashSet();

        // By its other name: here it says the address as well.
        Assert.Contains("ASPNETCORE_URLS", given);
        Assert.Empty(DeploymentFiles.SettingsOf(name).Except(given).Except(["HTTP_PORTS"]));
    }

    [Fact]
    public async Task Secrets_are_made_once_and_only_root_can_read_them()
    {
        await InstallAsync("1.0.0");
        var folder = new DirectoryInfo(Path.Combine(_root.FullName, "etc", "swe-platform"));
        var before = folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));
        await InstallAsync("1.1.0");

        Assert.Equal(["api.env", "garnet.env", "web.env"], before.Keys.Order());
        Assert.Equal(before, folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName)));
        Assert.All(folder.EnumerateFiles(), file => Assert.Equal(OwnerOnly, file.UnixFileMode));
        var password = Settings("garnet.env").Single().Split('=')[1];
        Assert.Equal(32, password.Length);
        Assert.Contains($"ConnectionStrings__redis=127.0.0.1:6379,password={password}", Settings("api.env"));
        Assert.Contains($"ConnectionStrings__redis=127.0.0.1:6379,password={password}", Settings("web.env"));
    }

    [Fact]
    public async Task A_version_is_one_link_so_that_going_back_is_one_too()
    {
        await InstallAsync("1.0.0");
        await InstallAsync("1.1.0");
        var platform = Path.Combine(_root.FullName, "opt", "swe-platform");

        Assert.Equal("releases/1.1.0", new DirectoryInfo(Path.Combine(platform, "current")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(platform, "releases", "1.0.0", "api", "SwePlatform.Api")));
        Assert.All(
            Units,
            unit =>
                Assert.Contains("ExecStart=/opt/swe-platform/current/", DeploymentFiles.Read(Folder, unit.Data), StringComparison.Ordinal)
        );
        Assert.Contains("is there already", (await TryInstallAsync("1.1.0")).Output, StringComparison.Ordinal);
    }

    [Theory, InlineData("../up"), InlineData("a b"), InlineData("")]
    public async Task What_is_no_version_is_refused(string version)
    {
        var outcome = await TryInstallAsync(version);

        Assert.Equal(2, outcome.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(_root.FullName, "opt")));
    }

    private async Task InstallAsync(string version)
    {
        var outcome = await TryInstallAsync(version);
        Assert.True(outcome.Succeeded, outcome.Output);
    }

    // Below a folder of the test's, as packagers do.
    private async Task<ExternalProgram.Outcome> TryInstallAsync(string version)
    {
        foreach (var program in (string[])["api/SwePlatform.Api", "web/SwePlatform.Web", "garnet/SwePlatform.Garnet"])
        {
            var file = Path.Combine(Programs, program);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "#!/bin/sh\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.UserExecute);
        }
        var start = new ProcessStartInfo(DeploymentFiles.PathOf(Folder, "install.sh"), ["--programs", Programs, "--version", version]);
        start.Environment["DESTDIR"] = _root.FullName;
        return await ExternalProgram.RunAsync(start, TestContext.Current.CancellationToken);
    }

    private IEnumerable<string> Settings(string file) =>
        File.ReadAllLines(Path.Combine(_root.FullName, "etc", "swe-platform", file)).Where(line => !line.StartsWith('#'));
}
