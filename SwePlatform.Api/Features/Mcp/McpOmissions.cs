namespace SwePlatform.Api.Features.Mcp;

/// <summary>
/// What the list of tools leaves out, since agents pay for every word of it each time they start. All of it is accepted
/// nevertheless, and the HTTP API's list of tools has it.
/// </summary>
internal static class McpOmissions
{
    /// <summary>What another tool does as well.</summary>
    private static readonly string[] Tools = ["executions_status"];

    // Of pages, the size is the budget's to decide; the rest is for those who look for it.
    private static readonly string[] Arguments =
    [
        "limit",
        "minLines",
        "createOnly",
        "contextLines",
        "ecosystem",
        "overwrite",
        "until",
        "stdin",
        "days",
        "code.duplicates include",
        "code.duplicates exclude",
        "code.duplicates ref",
        "code.duplicates workspace",
        "code.hotspots ref",
        "code.hotspots workspace",
        "code.stats ref",
        "deps.list ref",
        "git.commit author",
        "git.log author",
        "project.build timeoutSeconds",
        "project.test timeoutSeconds",
    ];

    public static bool Lists(string mcpTool) => !Tools.Contains(mcpTool);

    public static bool Lists(string tool, string argument) => !Arguments.Contains(argument) && !Arguments.Contains($"{tool} {argument}");
}
