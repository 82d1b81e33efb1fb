using System.CommandLine;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Login;

/// <summary>The command <c>logout</c>.</summary>
internal static class LogoutCommand
{
    public static Command Define()
    {
        var url = new Option<string>("--url")
        {
            Description = "The platform to sign out of (default: the one signed in to last)",
            HelpName = "URL",
        };
        return new DocumentedCommand(
            "logout",
            "Signs out of a platform: revokes the API key that swe login made, and forgets it",
            "swe logout",
            "swe logout --url https://swe.example.com"
        )
        {
            url,
        }.Runs(
            (parsed, stop) =>
            {
                var store = CredentialStore.OfUser();
                var known = parsed.GetValue(url) is { } address ? store.Find(ApiTarget.ParseAddress(address)) : store.Current;
                return known is not null
                    ? new LoginSession(store, parsed.InvocationConfiguration.Output).SignOutAsync(known, stop)
                    : throw new CommandException("You are not signed in there; there is nothing to do.");
            }
        );
    }
}
