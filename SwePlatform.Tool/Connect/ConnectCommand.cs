using System.CommandLine;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Login;

namespace SwePlatform.Tool.Connect;

/// <summary>The command <c>connect</c>: writes the MCP configuration of a coding agent.</summary>
internal static class ConnectCommand
{
    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        var client = new Argument<string>("client") { Description = "claude-code, vscode, cursor or codex" };
        client.AcceptOnlyFromAmong([.. McpClient.All.Select(known => known.Name)]);
        var project = new Option<string>("--project", "-p") { Description = "Bind it to one project, by name or id", HelpName = "PROJECT" };
        var name = new Option<string>("--name")
        {
            Description = "What the client calls the server (default: swe-platform)",
            HelpName = "NAME",
        };
        var global = new Option<bool>("--global") { Description = "For all your projects, rather than the current folder" };
        var local = new Option<bool>("--local") { Description = "For the current folder (the default, except with codex)" };
        var print = new Option<bool>("--print") { Description = "Only show the configuration; make and write nothing" };
        var variable = new Option<string>("--key-variable")
        {
            Description = "Write the name of an environment variable instead of an API key, for files that are shared",
            HelpName = "NAME",
        };
        var apiKey = new Option<bool>("--api-key-stdin")
        {
            Description = "Read the client's API key from standard input, instead of making one",
        };
        var email = new Option<string>("--email")
        {
            Description = "The account that makes the API key (default: the one that is signed in)",
            HelpName = "EMAIL",
        };
        var password = new Option<bool>("--password-stdin") { Description = "Read the account's password from standard input" };
        var command = new DocumentedCommand(
            "connect",
            "Connects a coding agent to the platform: writes its MCP configuration, with an API key of its own",
            "swe connect claude-code",
            "swe connect vscode --project api",
            "swe connect cursor --global",
            "swe connect codex --email ada@example.com --password-stdin < password.txt",
            "swe connect claude-code --key-variable SWE_API_KEY    # for a .mcp.json that is committed"
        )
        {
            client,
            project,
            name,
            global,
            local,
            print,
            variable,
            apiKey,
            email,
            password,
            url,
            data,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(global) && result.GetValue(local))
            {
                result.AddError("Use either --global or --local.");
            }
            if (result.GetValue(apiKey) && result.GetValue(password))
            {
                result.AddError("Use either --api-key-stdin or --password-stdin.");
            }
        });
        return command.Runs(
            async (parsed, stop) =>
            {
                var chosen = McpClient.All.Single(known => known.Name == parsed.GetValue(client));
                var store = CredentialStore.OfUser();
                var target = ApiTarget.Find(parsed.GetValue(url), parsed.GetValue(data), asAdministrator: false, store);
                var options = new ConnectOptions(
                    parsed.GetValue(name),
                    parsed.GetValue(project),
                    parsed.GetValue(global) || (chosen.IsGlobalByDefault && !parsed.GetValue(local)),
                    parsed.GetValue(print),
                    parsed.GetValue(variable),
                    parsed.GetValue(apiKey) ? Prompt.ReadSecret(Console.In, "--api-key-stdin") : null,
                    parsed.GetValue(email),
                    parsed.GetValue(password) ? Prompt.ReadSecret(Console.In, "--password-stdin") : null
                );
                var (folder, output) = (Directory.GetCurrentDirectory(), parsed.InvocationConfiguration.Output);
                return await new Connection(chosen, target, store.Find(target.Address), folder, output).RunAsync(options, stop);
            }
        );
    }
}
