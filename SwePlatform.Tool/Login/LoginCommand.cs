using System.CommandLine;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Progress;

namespace SwePlatform.Tool.Login;

/// <summary>The command <c>login</c>: from then on, commands know where the platform is and who asks.</summary>
internal static class LoginCommand
{
    private const string Missing =
        "There is no terminal to ask for it: pass the password with --password-stdin, or an API key with --api-key-stdin.";

    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        var email = new Option<string>("--email") { Description = "Whom to sign in (asked for at a terminal)", HelpName = "EMAIL" };
        var password = new Option<bool>("--password-stdin") { Description = "Read the password from standard input" };
        var apiKey = new Option<bool>("--api-key-stdin") { Description = "Read an API key from standard input instead, and store that" };
        var command = new DocumentedCommand(
            "login",
            "Signs in to a platform: makes an API key, and stores it with the address for later commands",
            "swe login --url https://swe.example.com",
            "swe login --email ada@example.com --password-stdin < password.txt",
            "swe login --url https://swe.example.com --api-key-stdin < key.txt"
        )
        {
            url,
            data,
            email,
            password,
            apiKey,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(password) && result.GetValue(apiKey))
            {
                result.AddError("Use either --password-stdin or --api-key-stdin.");
            }
        });
        return command.Runs(
            async (parsed, stop) =>
            {
                var login = new LoginSession(CredentialStore.OfUser(), parsed.InvocationConfiguration.Output);
                var address = FindAddress(parsed.GetValue(url), parsed.GetValue(data));
                if (parsed.GetValue(apiKey))
                {
                    return await login.UseKeyAsync(address, Prompt.ReadSecret(Console.In, "--api-key-stdin"), stop);
                }
                var who = parsed.GetValue(email) ?? Prompt.Ask("Email", null, "Name who signs in with --email.");
                var secret = parsed.GetValue(password)
                    ? Prompt.ReadSecret(Console.In, "--password-stdin")
                    : Prompt.AskSecret($"Password of {who}", Missing);
                return await login.SignInAsync(address, who, secret, stop);
            }
        );
    }

    private static Uri FindAddress(string? url, string? data)
    {
        var address = ApiTarget.Find(url, data, asAdministrator: false).Address;
        return url is null && data is null && Variables.Read(Variables.ApiUrl) is null && TerminalDetection.CanAsk
            ? ApiTarget.ParseAddress(Prompt.Ask("Address", address.OriginalString, ""))
            : address;
    }
}
