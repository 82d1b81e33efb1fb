using System.CommandLine;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Operate;

/// <summary>The command <c>sign-in-link</c>.</summary>
internal static class SignInLinkCommand
{
    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        var web = new Option<string>("--web")
        {
            Description = "Address of the web front end (default: the one that runs here)",
            HelpName = "URL",
        };
        return new DocumentedCommand(
            "sign-in-link",
            "Makes a link that signs the administrator in, once, within ten minutes",
            "swe sign-in-link",
            "SWE_ADMIN_PASSWORD=… swe sign-in-link --url https://api.example.com --web https://swe.example.com"
        )
        {
            url,
            data,
            web,
        }.Runs(
            async (parsed, stop) =>
            {
                var target = ApiTarget.Find(parsed.GetValue(url), parsed.GetValue(data), asAdministrator: true);
                var folder = DataFolderPaths.Find(parsed.GetValue(data));
                var front = parsed.GetValue(web) is { } asked
                    ? ApiTarget.ParseAddress(asked)
                    : (folder is null ? null : RunningSystem.Read(folder)?.Web)
                        ?? throw new CommandException("No web front end runs here. Name its address with --web.");
                await using var session = await SignedIn.OpenAsync(target, stop);
                var made = await session.Client.PostAsync("/api/v1/auth/sign-in-codes", null, stop);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(
                    new Uri(front, $"sign-in?code={(string)made["code"]!}").ToString()
                );
                return ExitCode.Succeeded;
            }
        );
    }
}
