using System.CommandLine;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Run;

/// <summary>The command <c>run</c>: calls one tool and shows its result.</summary>
internal static class RunCommand
{
    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        var tool = new Argument<string>("tool") { Description = "Such as code.search; swe tools lists them" };
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "name=value as the tool's schema says, or name:=json; again for a list",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var project = new Option<string>("--project", "-p")
        {
            Description = "Name or id of the project (default: the only one)",
            HelpName = "PROJECT",
        };
        var reference = new Option<string>("--ref")
        {
            Description = "Branch, tag or commit (default: the project's default branch)",
            HelpName = "REF",
        };
        var workspace = new Option<string>("--workspace", "-w") { Description = "Branch workspace to work in", HelpName = "NAME" };
        var noCache = new Option<bool>("--no-cache") { Description = "Run the tool even if its result is known" };
        var json = new Option<bool>("--json") { Description = "Print the API's whole answer as JSON" };
        return new DocumentedCommand(
            "run",
            "Runs a tool and shows its result; exit code 1 if it failed, 2 if it was called wrongly",
            "swe run code.search query=TODO",
            "swe run code.search --project api query='class \\w+' regex=true include='*.cs' include='*.razor'",
            "swe run git.log --ref release/2 maxCount=5 --json",
            "swe run process.run --workspace fix-1 command=dotnet command=test",
            "swe run process.run --workspace fix-1 'command:=[\"make\",\"-j2\"]' timeoutSeconds=600"
        )
        {
            tool,
            arguments,
            project,
            reference,
            workspace,
            noCache,
            json,
            url,
            data,
        }.Runs(
            async (parsed, stop) =>
            {
                await using var session = await SignedIn.OpenAsync(
                    ApiTarget.Find(parsed.GetValue(url), parsed.GetValue(data), asAdministrator: false),
                    stop
                );
                var description = await ToolCatalog.GetAsync(session.Client, parsed.GetValue(tool)!, stop);
                var call = new JsonObject
                {
                    ["toolName"] = (string?)description["name"],
                    ["arguments"] = Arguments.Read(parsed.GetValue(arguments) ?? [], description["inputSchema"]!),
                };
                if ((bool?)description["needsProject"] == true || parsed.GetValue(project) is not null)
                {
                    call["projectId"] = await ProjectLookup.FindAsync(session.Client, parsed.GetValue(project), stop);
                }
                AddUnlessNull(call, "ref", parsed.GetValue(reference));
                AddUnlessNull(call, "workspace", parsed.GetValue(workspace));

                var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
                var answer = await new RemoteExecution(session.Client, error).RunAsync(call, parsed.GetValue(noCache), stop);
                if (parsed.GetValue(json))
                {
                    await output.WriteLineAsync(ReadableJson.Write(answer));
                }
                else
                {
                    await new ResultPrinter(output, error).PrintAsync(answer);
                }
                return Succeeded(answer) ? ExitCode.Succeeded : ExitCode.Failed;
            }
        );
    }

    // A program that a tool ran may fail though the tool did what it should.
    private static bool Succeeded(JsonNode answer) =>
        (string?)answer["status"] == "succeeded"
        && ((answer["result"] as JsonObject)?["exitCode"] is not { } exitCode || (int)exitCode == 0);

    private static void AddUnlessNull(JsonObject call, string name, string? value)
    {
        if (value is not null)
        {
            call[name] = value;
        }
    }
}
