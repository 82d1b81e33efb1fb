namespace SwePlatform.Web.Components.Pages.Tools;

/// <summary>Addresses of tool pages, in which the arguments of a call can be shared and bookmarked.</summary>
internal static class ToolLocation
{
    private static readonly string[] Reserved = ["projectId", "ref", "run"];

    public static string ForProject(string tool, Guid projectId) => Build(tool, projectId, null, [], run: false);

    public static string Build(
        string tool, Guid? projectId, string? gitRef, IEnumerable<(string Name, string Value)> arguments, bool run)
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

    /// <summary>The query parameter that holds an argument; one that is called like ours gets a prefix.</summary>
    public static string Key(string argument) =>
        Reserved.Contains(argument, StringComparer.OrdinalIgnoreCase) ? $"arg.{argument}" : argument;
}
