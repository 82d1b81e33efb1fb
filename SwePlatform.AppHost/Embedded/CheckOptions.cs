using System.CommandLine;
using SwePlatform.AppHost.Check;
using SwePlatform.AppHost.Embedded.LoadTest;

namespace SwePlatform.AppHost.Embedded;

/// <summary>The subcommand <c>check</c>.</summary>
internal static class CheckOptions
{
    public static Command Define()
    {
        var url = new Option<string>("--url") { Description = "Address of the API (default: $API_URL, else http://localhost:8000)", HelpName = "URL" };
        var data = new Option<string>("--data") { Description = "Data folder of the platform, for the administrator's password (default: .data in the repository)", HelpName = "DIR" };
        var strict = new Option<bool>("--strict") { Description = "Fail on warnings as well" };
        var command = new Command("check", "Runs the performance checklist and the diagnosis on a running platform; exit code 1 if a probe fails, 2 if it cannot be asked") { url, data, strict };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var settings = LoadTestSettings.From(parsed.GetValue(url), parsed.GetValue(data), null, null, quick: false, report: false);
                return await CheckCommand.RunAsync(
                    settings.Address, settings.Token, settings.Password, parsed.GetValue(strict), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken);
            }
            catch (HostException exception)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
                return CheckCommand.CannotRun;
            }
        });
        return command;
    }
}
