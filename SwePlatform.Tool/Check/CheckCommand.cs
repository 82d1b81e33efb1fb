using System.CommandLine;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Check;

/// <summary>The command <c>check</c>.</summary>
internal static class CheckCommand
{
    public const int CannotRun = 2;

    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        var strict = new Option<bool>("--strict") { Description = "Fail on warnings as well" };
        return new DocumentedCommand(
            "check",
            "Runs the performance checklist and the diagnosis on a running platform; exit code 1 if a probe fails, "
                + "2 if the platform does not answer",
            "swe check",
            "swe check --strict --data /var/lib/swe-platform",
            "API_TOKEN=swe_… swe check --url https://swe.example.com"
        )
        {
            url,
            data,
            strict,
        }.Runs(
            async (parsed, stop) =>
            {
                var target = ApiTarget.Find(parsed.GetValue(url), parsed.GetValue(data), asAdministrator: true);
                await using var session = await SignedIn.OpenAsync(target, stop);
                return await new CheckPrinter(parsed.InvocationConfiguration.Output).RunAsync(
                    session.Client,
                    parsed.GetValue(strict),
                    stop
                );
            },
            CannotRun
        );
    }
}
