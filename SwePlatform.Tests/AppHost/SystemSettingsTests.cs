using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using SwePlatform.AppHost;
using SwePlatform.Tests.Fixtures;
using Xunit;

namespace SwePlatform.Tests.AppHost;

/// <summary>What is said on the command line, to run.sh and to the AppHost itself.</summary>
public sealed class SystemSettingsTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "SwePlatform.AppHost");

    [Theory]
    [InlineData("--api-port -1", "--api-port: -1 is not a number from 0 to 65535.")]
    [InlineData("--api-port 65536", "--api-port: 65536 is not a number from 0 to 65535.")]
    [InlineData("--web-port many", "--web-port: many is not a number from 0 to 65535.")]
    [InlineData("--replicas 0", "--replicas: 0 is not a number from 1 to 16.")]
    [InlineData("--no-web maybe", "--no-web: maybe must be true or false.")]
    [InlineData("--api-port 8080", "--api-port and --web-port must differ.")]
    [InlineData("--allow-local:0 /there/is/no/such/folder", "--allow-local: there is no folder /there/is/no/such/folder")]
    public void A_wrong_value_is_named_with_its_option(string arguments, string message)
    {
        var refusal = Assert.Throws<StartException>(() => Read(arguments.Split(' ')));

        Assert.Equal(message, refusal.Message);
    }

    [Fact]
    public void Without_arguments_the_usual_ports_and_the_repositorys_data_folder_are_used()
    {
        var settings = Read();

        Assert.Equal((8000, 8080, true, 1), (settings.ApiPort, settings.WebPort, settings.WithWeb, settings.Replicas));
        Assert.Equal(Path.Combine(SourceTree.Root, ".data"), settings.Data);
    }

    [Fact]
    public void Options_are_taken()
    {
        var settings = Read(
            "--data",
            "/somewhere",
            "--api-port",
            "9000",
            "--no-web",
            "true",
            "--allow-local:0",
            "/tmp",
            "--allow-local:1",
            "/",
            "--replicas",
            "3"
        );

        Assert.Equal(("/somewhere", 9000, false, 3), (settings.Data, settings.ApiPort, settings.WithWeb, settings.Replicas));
        Assert.Equal(["/tmp", "/"], settings.LocalRoots);
    }

    [Theory]
    [InlineData("--port 80", "There is no option --port.")]
    [InlineData("--api-port 0", "--api-port: 0 is not a port (1 to 65535).")]
    [InlineData("--web-port many", "--web-port: many is not a port (1 to 65535).")]
    [InlineData("--web-port", "--web-port needs a value.")]
    [InlineData("--api-port 8080", "--api-port and --web-port must differ.")]
    [InlineData("--replicas 17", "--replicas: 17 is not a number from 1 to 16.")]
    [InlineData("--allow-local /there/is/no/such/folder", "--allow-local: there is no folder /there/is/no/such/folder")]
    [InlineData("start", "There is no option start.")]
    public async Task The_start_script_checks_its_options_before_it_builds(string arguments, string message)
    {
        var (exitCode, output) = await RunAsync(arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Equal([message, "--help lists the options."], output.Trim().Split('\n'));
    }

    [Fact]
    public async Task The_start_script_says_that_nothing_runs()
    {
        var (exitCode, output) = await RunAsync("--status", "--data", "/there/is no/such folder");

        Assert.Equal((3, "Nothing runs on /there/is no/such folder"), (exitCode, output.Trim()));
    }

    [Fact]
    public async Task Help_lists_every_option()
    {
        var (exitCode, output) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        string[] options =
        [
            "--data",
            "--api-port",
            "--web-port",
            "--dashboard-port",
            "--no-web",
            "--no-dashboard",
            "--replicas",
            "--allow-local",
            "--detach",
            "--stop",
            "--status",
            "--help",
        ];
        Assert.All(options, option => Assert.Contains($"  {option} ", output, StringComparison.Ordinal));
    }

    private static SystemSettings Read(params string[] arguments) =>
        SystemSettings.Read(new ConfigurationBuilder().AddCommandLine(arguments).Build(), Folder);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(SourceTree.Root, "run.sh"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start)!;
        var error = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (script.ExitCode, output + await error);
    }
}
