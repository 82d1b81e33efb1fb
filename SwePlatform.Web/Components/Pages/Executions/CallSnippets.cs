using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwePlatform.Web.Components.Pages.Executions;

/// <summary>
/// One call as a shell, an agent and programs make it. Address and key come from the variables <c>SWE_URL</c> and <c>SWE_API_KEY</c>:
/// a key in a text that is copied would end up where it should not.
/// </summary>
internal static class CallSnippets
{
    public static IReadOnlyList<(string Name, string Text)> All(
        string tool,
        Guid? projectId,
        string? gitRef,
        string? workspace,
        JsonElement arguments
    )
    {
        var body = new JsonObject { ["toolName"] = tool };
        var call = new JsonObject();
        if (projectId is { } project)
        {
            body["projectId"] = project.ToString();
            call["project"] = project.ToString();
        }
        if (!string.IsNullOrEmpty(gitRef))
        {
            body["ref"] = gitRef;
            call["ref"] = gitRef;
        }
        if (!string.IsNullOrEmpty(workspace))
        {
            body["workspace"] = workspace;
            call["workspace"] = workspace;
        }
        body["arguments"] = JsonNode.Parse(arguments.GetRawText());
        foreach (var argument in arguments.EnumerateObject())
        {
            call[argument.Name] = JsonNode.Parse(argument.Value.GetRawText());
        }
        var json = body.ToJsonString();
        return [("curl", Curl(json)), ("MCP", Mcp(tool, call)), ("C#", CSharp(json)), ("Python", Python(json))];
    }

    // Within single quotes a shell reads nothing but the next one.
    private static string Curl(string json) =>
        "curl -sS \"$SWE_URL/api/v1/tools/execute\" -H \"X-API-Key: $SWE_API_KEY\" -H 'Content-Type: application/json' \\\n"
        + $"  --data-binary '{json.Replace("'", "'\\''", StringComparison.Ordinal)}'\n";

    private static string Mcp(string tool, JsonObject arguments) =>
        new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = "tools/call",
            ["params"] = new JsonObject { ["name"] = tool.Replace('.', '_'), ["arguments"] = arguments },
        }.ToJsonString();

    private static string CSharp(string json)
    {
        var quotes = new string('"', Math.Max(3, LongestRun(json) + 1));
        return "using var http = new HttpClient { BaseAddress = new(Environment.GetEnvironmentVariable(\"SWE_URL\")!) };\n"
            + "http.DefaultRequestHeaders.Add(\"X-API-Key\", Environment.GetEnvironmentVariable(\"SWE_API_KEY\"));\n"
            + $"var call = new StringContent(\n    {quotes}\n    {json}\n    {quotes},\n    System.Text.Encoding.UTF8,\n    \"application/json\"\n);\n"
            + "using var answer = await http.PostAsync(\"/api/v1/tools/execute\", call);\n"
            + "Console.WriteLine(await answer.Content.ReadAsStringAsync());\n";
    }

    // JSON is written so that a string of it is one of Python's too.
    private static string Python(string json) =>
        "import json, os, urllib.request\n\n"
        + $"call = json.loads({JsonSerializer.Serialize(json)})\n"
        + "request = urllib.request.Request(\n    os.environ[\"SWE_URL\"] + \"/api/v1/tools/execute\",\n"
        + "    data=json.dumps(call).encode(),\n"
        + "    headers={\"X-API-Key\": os.environ[\"SWE_API_KEY\"], \"Content-Type\": \"application/json\"},\n)\n"
        + "print(urllib.request.urlopen(request).read().decode())\n";

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in text)
        {
            run = letter == '"' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
