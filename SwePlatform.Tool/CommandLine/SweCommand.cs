using System.CommandLine;
using System.CommandLine.Help;
using SwePlatform.Tool.Bench;
using SwePlatform.Tool.Chaos;
using SwePlatform.Tool.Check;
using SwePlatform.Tool.Completion;
using SwePlatform.Tool.Connect;
using SwePlatform.Tool.Database;
using SwePlatform.Tool.Load;
using SwePlatform.Tool.Login;
using SwePlatform.Tool.Operate;
using SwePlatform.Tool.Run;

namespace SwePlatform.Tool.CommandLine;

/// <summary>The command <c>swe</c> with all that it can do.</summary>
internal static class SweCommand
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = Define().Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction and not HelpWithExamples)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message);
            }
            await error.WriteLineAsync($"{CommandPath.Of(parsed.CommandResult.Command)} --help says more.");
            return ExitCode.WrongUsage;
        }
        // Commands handle Ctrl-C themselves: ending in order takes longer than the library would wait.
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,
            }
        );
    }

    public static RootCommand Define()
    {
        var root = new RootCommand("Runs tools of the SWE Platform, connects coding agents to it, measures it and maintains its database.")
        {
            RunCommand.Define(),
            ToolsCommand.Define(),
            LoginCommand.Define(),
            LogoutCommand.Define(),
            ConnectCommand.Define(),
            CheckCommand.Define(),
            SignInLinkCommand.Define(),
            SeedCommand.Define(),
            LoadCommand.Define(),
            DatabaseCommand.Define(),
            BenchCommand.Define(),
            ChaosCommand.Define(),
            CompletionCommand.Define(),
            BareServer.Define(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        // The Windows forms of it would be taken for help where a path is meant.
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
