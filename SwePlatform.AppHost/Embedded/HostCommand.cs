using System.CommandLine;
using System.CommandLine.Parsing;

namespace SwePlatform.AppHost.Embedded;

/// <summary>The options that people give, checked before anything starts.</summary>
internal static class HostCommand
{
    private const int WrongUsage = 2;

    public static async Task<int> RunAsync(string[] arguments, Func<EmbeddedOptions, bool, Task<int>> run, TextWriter output, TextWriter error)
    {
        var command = Define(run, output);
        var parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message);
            }
            await error.WriteLineAsync("--help lists the options.");
            return WrongUsage;
        }
        // The host itself handles Ctrl-C: stopping everything takes longer than the library would wait.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Output = output, Error = error });
    }

    private static RootCommand Define(Func<EmbeddedOptions, bool, Task<int>> run, TextWriter output)
    {
        var data = new Option<string>("--data")
        {
            Description = "Folder for databases, secrets and workspaces (default: .data in the repository)",
            HelpName = "DIR",
        };
        var apiPort = Port("--api-port", "Port of the API", EmbeddedOptions.DefaultApiPort);
        var webPort = Port("--web-port", "Port of the web front end", EmbeddedOptions.DefaultWebPort);
        var noWeb = new Option<bool>("--no-web") { Description = "Start without the web front end" };
        var allowLocal = new Option<string[]>("--allow-local")
        {
            Description = "Folder whose Git repositories may be registered by path (may be given more than once)",
            HelpName = "DIR",
            DefaultValueFactory = _ => [],
        };
        var storesOnly = new Option<bool>("--stores-only") { Description = "Start only PostgreSQL and Garnet", Hidden = true };

        data.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
            {
                result.AddError("--data needs the name of a folder.");
            }
        });
        allowLocal.Validators.Add(result =>
        {
            foreach (var missing in (result.GetValueOrDefault<string[]>() ?? []).Where(folder => !Directory.Exists(folder)))
            {
                result.AddError($"--allow-local: there is no folder {missing}");
            }
        });

        var command = new RootCommand("Starts the SWE Platform: PostgreSQL, Garnet, the API and the web front end.")
        {
            data, apiPort, webPort, noWeb, allowLocal, storesOnly,
        };
        command.Validators.Add(result =>
        {
            if (Given(result, apiPort, EmbeddedOptions.DefaultApiPort) == Given(result, webPort, EmbeddedOptions.DefaultWebPort)
                && result.GetResult(noWeb) is not { Implicit: false })
            {
                result.AddError("--api-port and --web-port must differ.");
            }
        });
        command.SetAction(parsed => run(
            new EmbeddedOptions
            {
                DataDirectory = parsed.GetValue(data) ?? Path.Combine(Repository.Find().Root, ".data"),
                ApiPort = parsed.GetValue(apiPort),
                WebPort = parsed.GetValue(webPort),
                WithWeb = !parsed.GetValue(noWeb),
                LocalRoots = [.. parsed.GetValue(allowLocal)!.Select(Path.GetFullPath)],
                Output = output,
                Colors = HostLog.TerminalWantsColors,
            },
            parsed.GetValue(storesOnly)));
        command.Subcommands.Add(Benchmark.BenchmarkCommand.Define());
        command.Subcommands.Add(LoadTest.LoadTestCommand.Define());
        command.Subcommands.Add(Database.DatabaseCommand.Define());
        command.Subcommands.Add(CheckOptions.Define());
        command.Subcommands.Add(Benchmark.BareServer.Define());
        return command;
    }

    // While arguments are checked, defaults are not filled in, and a wrong one is there as well.
    private static string Given(CommandResult result, Option<int> option, int standard) =>
        result.GetResult(option) is { Tokens: [var token] } ? token.Value : $"{standard}";

    private static Option<int> Port(string name, string description, int standard)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var port) || port is < 1 or > ushort.MaxValue))
            {
                result.AddError($"{name}: {token.Value} is not a port (1 to 65535).");
            }
        });
        return option;
    }
}
