using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace SwePlatform.AppHost;

/// <summary>
/// What can be said on the command line: <c>--data DIR --api-port N --allow-local:0 DIR …</c>. run.sh has the same options.
/// </summary>
internal sealed record SystemSettings
{
    private const int DefaultApiPort = 8000;
    private const int DefaultWebPort = 8080;
    private const int MostReplicas = 16;

    /// <summary>Folder of all state; one run at a time.</summary>
    public required string Data { get; init; }

    /// <summary>Port of the API; 0 picks a free one.</summary>
    public int ApiPort { get; init; }

    /// <summary>Port of the web front end; 0 picks a free one.</summary>
    public int WebPort { get; init; }

    public bool WithWeb { get; init; }

    /// <summary>Only Postgres and Redis: for tests, benchmarks, and an API that runs in a debugger.</summary>
    public bool StoresOnly { get; init; }

    public int Replicas { get; init; }

    /// <summary>Folders whose Git repositories may be registered by path.</summary>
    public IReadOnlyList<string> LocalRoots { get; init; } = [];

    /// <summary>Whether the dashboard is left out; asked before there is any configuration.</summary>
    public static bool WithoutDashboard(string[] arguments) =>
        WithoutDashboard(new ConfigurationBuilder().AddCommandLine(arguments).Build());

    public static bool WithoutDashboard(IConfiguration configuration) => Flag(configuration, "no-dashboard");

    /// <exception cref="StartException">It is not a port.</exception>
    public static int Port(string text, string option) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw new StartException($"--{option}: {text} is not a port (1 to 65535).");

    /// <exception cref="StartException">A value is wrong; the message names its option.</exception>
    public static SystemSettings Read(IConfiguration configuration, string appHostFolder)
    {
        var settings = new SystemSettings
        {
            Data = Path.GetFullPath(configuration["data"] is { Length: > 0 } data ? data : Path.Combine(appHostFolder, "..", ".data")),
            ApiPort = Number(configuration, "api-port", DefaultApiPort, 0, ushort.MaxValue),
            WebPort = Number(configuration, "web-port", DefaultWebPort, 0, ushort.MaxValue),
            WithWeb = !Flag(configuration, "no-web"),
            StoresOnly = Flag(configuration, "stores-only"),
            Replicas = Number(configuration, "replicas", 1, 1, MostReplicas),
            LocalRoots = [.. configuration.GetSection("allow-local").Get<string[]>() ?? []],
        };
        return settings switch
        {
            { WithWeb: true, ApiPort: > 0 } when settings.ApiPort == settings.WebPort => throw new StartException(
                "--api-port and --web-port must differ."
            ),
            _ when settings.LocalRoots.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing => throw new StartException(
                $"--allow-local: there is no folder {missing}"
            ),
            _ => settings,
        };
    }

    private static bool Flag(IConfiguration configuration, string name) =>
        configuration[name] switch
        {
            null or "" => false,
            var text when bool.TryParse(text, out var flag) => flag,
            var text => throw new StartException($"--{name}: {text} must be true or false."),
        };

    private static int Number(IConfiguration configuration, string name, int standard, int least, int most) =>
        configuration[name] is not { Length: > 0 } text ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new StartException($"--{name}: {text} is not a number from {least} to {most}.");
}
