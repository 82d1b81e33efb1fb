using System.CommandLine;
using System.Security.Cryptography;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Operate;

/// <summary>The command <c>seed</c>.</summary>
internal static class SeedCommand
{
    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        return new DocumentedCommand(
            "seed",
            "Adds a demo user, a workspace with a change, and executions of many tools on the platform's own code",
            "swe seed",
            "swe seed --data /var/lib/swe-platform"
        )
        {
            url,
            data,
        }.Runs(
            async (parsed, stop) =>
            {
                var target = ApiTarget.Find(parsed.GetValue(url), parsed.GetValue(data), asAdministrator: true);
                await using var session = await SignedIn.OpenAsync(target, stop);
                return await new DemoData(session.Client, parsed.InvocationConfiguration.Output).AddAsync(NewPassword(), stop);
            }
        );
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
}
