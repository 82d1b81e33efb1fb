using SwePlatform.AppHost.Embedded;
using Xunit;

namespace SwePlatform.Tests.AppHost;

public sealed class HostCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private EmbeddedOptions? _options;

    [Theory]
    [InlineData("--port 80", "--port")]
    [InlineData("--api-port 0", "0 is not a port (1 to 65535)")]
    [InlineData("--api-port 65536", "65536 is not a port (1 to 65535)")]
    [InlineData("--web-port many", "many is not a port (1 to 65535)")]
    [InlineData("--web-port", "--web-port")]
    [InlineData("--api-port 8080", "--api-port and --web-port must differ")]
    [InlineData("--allow-local /there/is/no/such/folder", "there is no folder /there/is/no/such/folder")]
    [InlineData("start", "start")]
    public async Task A_wrong_argument_is_named_and_nothing_starts(string arguments, string message)
    {
        var exitCode = await RunAsync(arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_options);
    }

    [Fact]
    public async Task An_empty_data_directory_name_is_refused()
    {
        Assert.Equal(2, await RunAsync(["--data", ""]));
        Assert.Contains("--data needs the name of a folder", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_the_standard_ports_and_the_repositorys_data_folder_are_used()
    {
        Assert.Equal(0, await RunAsync([]));

        Assert.Equal((8000, 8080, true), (_options!.ApiPort, _options.WebPort, _options.WithWeb));
        Assert.Equal(Path.Combine(Repository.Find().Root, ".data"), _options.DataDirectory);
    }

    [Fact]
    public async Task Options_reach_the_host()
    {
        var folder = Path.GetTempPath();

        Assert.Equal(0, await RunAsync(
            ["--data", "somewhere", "--api-port", "9000", "--no-web", "--allow-local", folder, "--allow-local", "."]));

        Assert.Equal(("somewhere", 9000, false), (_options!.DataDirectory, _options.ApiPort, _options.WithWeb));
        Assert.Equal([Path.GetFullPath(folder), Path.GetFullPath(".")], _options.LocalRoots);
    }

    [Fact]
    public async Task Help_lists_the_options_and_starts_nothing()
    {
        Assert.Equal(0, await RunAsync(["--help"]));

        Assert.Contains("--allow-local", _output.ToString(), StringComparison.Ordinal);
        Assert.Null(_options);
    }

    [Fact]
    public async Task The_start_script_lists_the_same_options()
    {
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Find().Root, "run.sh"), TestContext.Current.CancellationToken);

        Assert.Equal(0, await RunAsync(["--help"]));

        var options = _output.ToString().Split(' ', '\n').Where(word => word.StartsWith("--", StringComparison.Ordinal)).Except(["--version"]);
        Assert.All(options, option => Assert.Contains($"  {option} ", script, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(string[] arguments) => HostCommand.RunAsync(
        arguments,
        (options, _) =>
        {
            _options = options;
            return Task.FromResult(0);
        },
        _output,
        _error);
}
