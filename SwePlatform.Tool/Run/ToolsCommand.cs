using System.CommandLine;
using System.Text.Json.Nodes;
using SwePlatform.Tool.Client;
using SwePlatform.Tool.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.Run;

/// <summary>The command <c>tools</c>: lists all, or tells how one is called.</summary>
internal static class ToolsCommand
{
    public static Command Define()
    {
        var (url, data) = (CommonOptions.Url(), CommonOptions.Data());
        var name = new Argument<string?>("name") { Description = "A tool, to see its arguments", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print the API's answer as JSON, with the schemas of the arguments" };
        return new DocumentedCommand(
            "tools",
            "Lists the tools of a platform, or shows the arguments of one",
            "swe tools",
            "swe tools code.search",
            "swe tools --json"
        )
        {
            name,
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
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(name) is { } asked)
                {
                    var tool = await ToolCatalog.GetAsync(session.Client, asked, stop);
                    await (parsed.GetValue(json) ? output.WriteLineAsync(ReadableJson.Write(tool)) : DescribeAsync(tool, output));
                    return ExitCode.Succeeded;
                }
                var tools = await ToolCatalog.ListAsync(session.Client, stop);
                await (
                    parsed.GetValue(json)
                        ? output.WriteLineAsync(ReadableJson.Write(new JsonArray([.. tools.Select(tool => tool.DeepClone())])))
                        : ListAsync(tools, output)
                );
                return ExitCode.Succeeded;
            }
        );
    }

    private static async Task ListAsync(IReadOnlyList<JsonNode> tools, TextWriter output)
    {
        var width = tools.Select(tool => ((string)tool["name"]!).Length).DefaultIfEmpty().Max();
        foreach (var category in tools.GroupBy(tool => (string?)tool["category"]))
        {
            await output.WriteLineAsync($"{category.Key}");
            foreach (var tool in category.OrderBy(tool => (string?)tool["name"], StringComparer.Ordinal))
            {
                var name = ((string)tool["name"]!).PadRight(width);
                await output.WriteLineAsync(SafeText.Line($"  {name}  {FirstSentence((string?)tool["description"])}"));
            }
        }
    }

    private static async Task DescribeAsync(JsonNode tool, TextWriter output)
    {
        var schema = tool["inputSchema"]!;
        var required = (schema["required"] as JsonArray ?? []).Select(name => (string)name!).ToHashSet();
        await output.WriteLineAsync(SafeText.Line($"{tool["name"]}: {tool["title"]}"));
        await output.WriteLineAsync(SafeText.Lines($"{tool["description"]}"));
        var needs = (bool?)tool["needsProject"] == true ? "It runs on a project." : "It needs no project.";
        await output.WriteLineAsync($"{needs} It ends after {tool["timeoutSeconds"]} s at most.");
        await output.WriteLineAsync();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            var standard = property?["default"] is { } value ? $" (default: {value.ToJsonString()})" : "";
            var mark = required.Contains(name) ? "  required" : "";
            await output.WriteLineAsync(SafeText.Line($"  {name}={Arguments.Example(property)}{mark}"));
            await output.WriteLineAsync(SafeText.Line($"      {property?["description"]}{standard}"));
        }
    }

    private static string FirstSentence(string? text)
    {
        var end = text?.IndexOf(". ", StringComparison.Ordinal) ?? -1;
        return end > 0 ? text![..(end + 1)] : text ?? "";
    }
}
