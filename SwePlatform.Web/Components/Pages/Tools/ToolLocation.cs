using System.Text.Json;

namespace SwePlatform.Web.Components.Pages.Tools;

/// <summary>Addresses of tool pages, in which the arguments of a call can be shared and bookmarked.</summary>
internal static class ToolLocation
{
    private static readonly string[] Reserved = ["projectId", "ref", "workspace", "run"];

    public static string ForProject(string tool, Guid projectId) => Build(tool, projectId, null, [], run: false);

    /// <summary>The form filled with the arguments of an earlier call. Opening it runs nothing.</summary>
    public static string ForArguments(string tool, Guid? projectId, JsonElement arguments, string? workspace = null)
    {
        IEnumerable<JsonProperty> properties = arguments.ValueKind == JsonValueKind.Object ? arguments.EnumerateObject() : [];
        var values = from property in properties from value in ToTexts(property.Value) select (property.Name, value);
        return Build(tool, projectId, null, values, run: false, workspace);
    }

    public static string Build(
        string tool,
        Guid? projectId,
        string? gitRef,
        IEnumerable<(string Name, string Value)> arguments,
        bool run,
        string? workspace = null
    )
    {
        var query = new QueryString();
        if (projectId is { } id)
        {
            query = query.Add("projectId", id.ToString());
        }
        if (!string.IsNullOrEmpty(gitRef))
        {
            query = query.Add("ref", gitRef);
        }
        if (!string.IsNullOrEmpty(workspace))
        {
            query = query.Add("workspace", workspace);
        }
        foreach (var (name, value) in arguments)
        {
            query = query.Add(Key(name), value);
        }
        if (run)
        {
            query = query.Add("run", "true");
        }
        return $"/tools/{Uri.EscapeDataString(tool)}{query}";
    }

    private static IEnumerable<string> ToTexts(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => value
                .EnumerateArray()
                .Select(item => item.GetString()!),
            JsonValueKind.String => [value.GetString()!],
            _ => [value.GetRawText()],
        };

    /// <summary>The query parameter that holds an argument; one that is called like ours gets a prefix.</summary>
    public static string Key(string argument) =>
        Reserved.Contains(argument, StringComparer.OrdinalIgnoreCase) ? $"arg.{argument}" : argument;
}
